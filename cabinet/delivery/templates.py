"""The Jinja environment for messages; the worker has no request, so it cannot use Flask's."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.support import Translations
from jinja2 import Environment, StrictUndefined

from cabinet.wording.browsers import browser_name
from cabinet.wording.formats import display_phone, format_money
from cabinet.wording.kept_templates import kept_templates
from config import ROOT

TRANSLATIONS = ROOT / "cabinet" / "translations"
MOSCOW = timezone(timedelta(hours=3), "МСК")


@lru_cache(maxsize=16)
def environment(language: str, html: bool) -> Environment:
    """The environment for one language; unknown ones get Russian, in which the templates are written."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        locale = Locale("ru")
    made = Environment(
        loader=kept_templates(),
        auto_reload=False,
        autoescape=html,  # noqa: S701 (plain text has nothing to escape)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    translations = Translations.load(TRANSLATIONS, [locale])
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    made.globals["locale"] = locale.language
    made.filters.update(_filters(locale, translations.gettext))
    return made


def _filters(locale: Locale, gettext: Callable[[str], str]) -> dict[str, Callable[[Any], str]]:
    """How templates show dates (given in ISO format), money, phones and browsers."""
    moscow = gettext("МСК")

    def shown(iso: str, pattern: str) -> str:
        return format_date(date.fromisoformat(iso), pattern, locale)

    return {
        "browser": lambda user_agent: browser_name(user_agent, gettext),
        "day": lambda iso: shown(iso, "dd.MM.yyyy") if iso else "—",
        "long_day": lambda iso: shown(iso, "d MMMM yyyy"),
        "month": lambda iso: shown(iso, "LLLL yyyy") if iso else "—",
        "moment": lambda iso: format_datetime(
            datetime.fromisoformat(iso), f"dd.MM.yyyy HH:mm '{moscow}'", MOSCOW, locale
        ),
        "money": lambda kopecks: "—" if kopecks is None else format_money(kopecks, locale.language),
        "phone": display_phone,
    }
