"""What templates can use: brand, locale, theme, money, phones, periods."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from babel import Locale
from flask import Flask, request, url_for
from flask_babel import format_date, format_datetime, get_domain, get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from cabinet.models.base import settings
from cabinet.web import assets, happenings
from cabinet.web import session_keys as keys
from cabinet.web.extensions import babel
from cabinet.web.sessions import session
from cabinet.wording.browsers import browser_name
from cabinet.wording.catalogues import LANGUAGES, LOCALES
from cabinet.wording.formats import display_part_of_phone, display_phone, format_money

APPEARANCE = {
    keys.LANG: re.compile("|".join(LOCALES)),
    keys.THEME: re.compile("light|dark|auto"),
    keys.ACCENT: re.compile("[0-9a-f]{6}"),
}


def select_locale() -> str:
    """The language: of the embedding page or the link (`?lang=`), else of the browser, else Russian."""
    asked = request.args.get("lang")
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
    return Locale.parse(name)


def init_app(app: Flask) -> None:
    """Choose the language; give templates their context and filters."""
    babel.init_app(app, locale_selector=lambda: _locale(select_locale()))
    app.before_request(keep_appearance)
    app.context_processor(context)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True


def keep_appearance() -> None:
    """Remember what the embedding page asked for. The defaults cost a new visitor no row."""
    if request.method != "GET" or not request.args:
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


def context() -> dict[str, Any]:
    """What every template knows."""
    s = settings()
    return {
        "brand": {
            "name": s.brand_name,
            "accent": s.brand_accent,
            "support_phone": s.support_phone,
            "support_hours": s.support_hours,
        },
        "locale": language(),
        "languages": LANGUAGES,
        "theme": session.get(keys.THEME),
        "accent": session.get(keys.ACCENT),
        "appearance": "".join(f"&{n}={session[n]}" for n in (keys.THEME, keys.ACCENT) if session.get(n)),
        "embedders": " ".join(s.frame_ancestors),
        "asset": assets.asset,
        "own_path": own_path,
        "password_rules": password_rules(),
        "demo": s.demo,
        "new_session": not session.presented,
        "_": _translator(),
    }


def _translator() -> Callable[..., str]:
    """`gettext` for one page, which looks only once in which language it is."""
    translated = get_domain().get_translations().ugettext

    def gettext(string: str, **variables: Any) -> str:
        text: str = translated(string)
        return text % variables if variables else text

    return gettext


def password_rules() -> str:
    """The rules of new passwords as password managers read them: they make up one that is accepted."""
    s = settings()
    rules = [f"minlength: {s.password_min_length}", f"maxlength: {s.password_max_length}"]
    if s.password_mixed_case:
        rules += ["required: lower", "required: upper"]
    elif s.password_letters:
        rules.append("required: lower, upper")
    if s.password_digits:
        rules.append("required: digit")
    return "; ".join(rules) + ";"


def own_path() -> str:
    """The address of this page for a link, without parameters; the first page where it is none of ours.

    Built from the route: as the visitor wrote it, browsers might read it as that of another site.
    """
    if request.endpoint is None or request.method != "GET":
        return url_for("entry.phone")
    return url_for(request.endpoint, **(request.view_args or {}))


def language() -> str:
    """The language of this answer, one of LOCALES."""
    return str(get_locale() or "ru")


FILTERS: dict[str, Callable[..., str]] = {
    "money": lambda kopecks: format_money(kopecks, language()),
    "phone": display_phone,
    "part_of_phone": display_part_of_phone,
    "period": lambda month, pattern="LLLL yyyy": format_date(month, pattern),  # the pattern is CLDR's
    "day": lambda moment: format_date(moment, "d MMMM yyyy"),
    "moment": lambda moment: format_datetime(moment, "d MMMM, HH:mm"),
    "happened": happenings.name_of,
    "browser": lambda user_agent: browser_name(user_agent, _),
}
