"""What templates may use: brand, locale, theme, money, phones, periods."""

import re
from typing import Any

from flask import Flask, request
from flask_babel import format_date, format_datetime, get_locale
from flask_babel import gettext as _
from flask_login import current_user

from cabinet.web import assets
from cabinet.web import session_keys as keys
from cabinet.web.sessions import session
from cabinet.wording.browsers import browser_name
from cabinet.wording.formats import display_phone, format_money
from config import Settings

LOCALES = ("ru", "en")
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
    return request.accept_languages.best_match(LOCALES) or "ru"


def init_app(app: Flask) -> None:
    """Give templates their context and filters."""
    settings: Settings = app.config["SETTINGS"]

    @app.before_request
    def keep_appearance() -> None:
        """Remember what the embedding page asked for. What would be so anyway costs a new visitor no row."""
        if request.method != "GET":
            return
        standard = {
            keys.LANG: request.accept_languages.best_match(LOCALES) or "ru",
            keys.THEME: "light" if request.headers.get("Sec-Fetch-Dest") == "iframe" else "",
            keys.ACCENT: settings.brand_accent.removeprefix("#").lower(),
        }
        for name, allowed in APPEARANCE.items():
            asked = request.args.get(name, "")
            if allowed.fullmatch(asked) and asked != session.get(name, standard[name]):
                session[name] = asked
                if name == keys.LANG and current_user.is_authenticated:
                    current_user.set_locale(asked)

    @app.context_processor
    def context() -> dict[str, Any]:
        return {
            "brand": {
                "name": settings.brand_name,
                "accent": settings.brand_accent,
                "support_phone": settings.support_phone,
            },
            "locale": str(get_locale() or "ru"),
            "theme": session.get(keys.THEME),
            "accent": session.get(keys.ACCENT),
            "appearance": "".join(f"&{n}={session[n]}" for n in (keys.THEME, keys.ACCENT) if session.get(n)),
            "embedders": " ".join(settings.frame_ancestors),
            "asset": assets.asset,
            "demo": settings.demo,
            "new_session": not session.presented,
            "_": _,
        }

    app.jinja_env.filters.update(
        money=lambda kopecks: format_money(kopecks, str(get_locale() or "ru")),
        phone=display_phone,
        period=lambda month, pattern="LLLL yyyy": format_date(month, pattern),  # the pattern is CLDR's
        day=lambda moment: format_date(moment, "d MMMM yyyy"),
        moment=lambda moment: format_datetime(moment, "d MMMM, HH:mm"),
        browser=lambda user_agent: browser_name(user_agent, _),
    )
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
