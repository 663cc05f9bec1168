"""What templates can use: brand, locale, theme, money, phones, periods."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any, cast

from babel import Locale
from flask import Flask
from flask.globals import request_ctx
from flask_babel import format_date, format_datetime, get_domain
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from cabinet.models.base import settings
from cabinet.web import assets, flow, happenings
from cabinet.web import session_keys as keys
from cabinet.web.current import request
from cabinet.web.extensions import babel
from cabinet.web.sessions import ServerSession, session
from cabinet.web.shell import own_path
from cabinet.web.translated import Environments
from cabinet.wording.browsers import browser_name
from cabinet.wording.catalogues import LANGUAGES, LOCALES
from cabinet.wording.formats import display_part_of_phone, display_phone, format_money
from config import Settings

APPEARANCE = {
    keys.LANG: re.compile("|".join(LOCALES)),
    keys.THEME: re.compile("light|dark|auto"),
    keys.ACCENT: re.compile("[0-9a-f]{6}"),
}


def select_locale() -> str:
    """The language: of the embedding page or the link (`?lang=`), else of the browser, else Russian."""
    asked = request.args.get("lang") if request.query_string else None  # most ask for none
    if asked in LOCALES:
        return str(asked)
    kept = session.get(keys.LANG) if session else None
    if kept in LOCALES:
        return str(kept)
    return _preferred(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=256)
def _preferred(accepted: str) -> str:
    """The language that a browser likes best; most send one of few headers."""
    return parse_accept_header(accepted, LanguageAccept).best_match(LOCALES) or "ru"


@lru_cache(maxsize=len(LOCALES))
def _locale(name: str) -> Locale:
    """Babel's data of a language, which looks for its file each time."""
    locale = Locale.parse(name)
    locale.months.keys()  # its data are loaded now, in the process whose memory the others share
    return locale


def init_app(app: Flask) -> None:
    """Choose the language; give templates what they know, and filters."""
    babel.init_app(app, locale_selector=lambda: _locale(select_locale()))
    app.before_request(keep_appearance)
    app.context_processor(context)
    templates = cast(Environments, app.jinja_env)
    templates.globals.update(same_for_all(settings()))
    templates.filters.update(FILTERS)
    templates.of_language = of_language
    templates.add_extension("jinja2.ext.i18n")
    templates.policies["ext.i18n.trimmed"] = True


def keep_appearance() -> None:
    """Remember what the embedding page asked for. The defaults cost a new visitor no row."""
    if request.method != "GET" or not request.query_string:
        return
    standard = {
        keys.LANG: _preferred(request.headers.get("Accept-Language", "")),
        keys.THEME: "light" if request.headers.get("Sec-Fetch-Dest") == "iframe" else "",
        keys.ACCENT: settings().brand_accent.removeprefix("#").lower(),
    }
    for name, allowed in APPEARANCE.items():
        asked = request.args.get(name, "")
        if allowed.fullmatch(asked) and asked != session.get(name, standard[name]):
            session[name] = asked
            if name == keys.LANG and current_user.is_authenticated:
                current_user.set_locale(asked)


@dataclass(frozen=True)
class Brand:
    """The company, as templates know it."""

    name: str
    accent: str
    support_phone: str
    support_hours: str


def same_for_all(s: Settings) -> dict[str, Any]:
    """What every template knows and no request changes."""
    return {
        "brand": Brand(s.brand_name, s.brand_accent, s.support_phone, s.support_hours),
        "languages": LANGUAGES,
        "embedders": " ".join(s.frame_ancestors),
        "asset": assets.asset,
        "own_path": own_path,
        "current_user": current_user,
        "alone": flow.alone,
        "password_rules": password_rules(s),
    }


def context() -> dict[str, Any]:
    """What every template knows besides: this browser's look."""
    mine = cast(ServerSession, request_ctx.session)
    return {
        "theme": mine.get(keys.THEME),
        "accent": mine.get(keys.ACCENT),
        "appearance": "".join(f"&{n}={mine[n]}" for n in (keys.THEME, keys.ACCENT) if mine.get(n)),
        "new_session": not mine.presented,
    }


def of_language(language: str) -> tuple[dict[str, Any], dict[str, Callable[..., str]]]:
    """What the templates of a language know, and their filters; asked in a request in that language."""
    catalogue = get_domain().get_translations()

    def gettext(string: str, **variables: Any) -> str:
        text: str = catalogue.ugettext(string)
        return text % variables if variables else text

    def ngettext(singular: str, plural: str, num: int, **variables: Any) -> Markup:
        return Markup(catalogue.ungettext(singular, plural, num)) % {"num": num, **variables}  # noqa: S704

    @lru_cache(maxsize=256)
    def period(month: date, pattern: str = "LLLL yyyy") -> str:  # the pattern is CLDR's
        return str(format_date(month, pattern))

    filters: dict[str, Callable[..., str]] = {
        "money": partial(format_money, language=language),
        "period": period,
    }
    return {"locale": language, "_": gettext}, filters


def password_rules(s: Settings) -> str:
    """The rules of new passwords as password managers read them: they make up one that is accepted."""
    rules = [f"minlength: {s.password_min_length}", f"maxlength: {s.password_max_length}"]
    if s.password_mixed_case:
        rules += ["required: lower", "required: upper"]
    elif s.password_letters:
        rules.append("required: lower, upper")
    if s.password_digits:
        rules.append("required: digit")
    return "; ".join(rules) + ";"


FILTERS: dict[str, Callable[..., str]] = {
    "phone": display_phone,
    "part_of_phone": display_part_of_phone,
    "day": lambda moment: format_date(moment, "d MMMM yyyy"),
    "moment": lambda moment: format_datetime(moment, "d MMMM, HH:mm"),
    "happened": happenings.name_of,
    "browser": lambda user_agent: browser_name(user_agent, _),
}
