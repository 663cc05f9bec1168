"""«Проверить встраивание», for admins: what a site needs to embed the cabinet, and how it fares there.

Nothing is fetched from the site: the settings are compared with its address, and the admin's own browser
opens the site, where the cabinet tells the page that opened it how it is (`static/staff_embedding.js`).
"""

import re
from urllib.parse import urlsplit

from flask import request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from cabinet import fields
from cabinet.models.base import settings
from cabinet.staff.guard import admins_only, bp, show


@bp.get("/embedding")
@admins_only
def embedding() -> Response:
    """The page for one site, whose address is in the parameter `site`."""
    typed = request.args.get("site", "")[: fields.LONGEST_SITE]
    origin, error = "", ""
    if "site" in request.args:
        try:
            origin = fields.site(typed)
        except fields.FieldError as refusal:
            error = _words(refusal)
    return show(
        "embedding.html",
        422 if error else 200,
        typed=typed,
        error=error,
        origin=origin,
        **_advice(origin),
    )


def _words(error: fields.FieldError) -> str:
    if error.code == "empty":
        return str(_("Введите адрес сайта."))
    return str(_("Это не похоже на адрес сайта. Пример: www.example.ru"))


def _advice(origin: str) -> dict[str, object]:
    """What the page says of this site and the settings; of none, the snippet alone."""
    cabinet = settings().public_url or request.host_url.rstrip("/")
    found: dict[str, object] = {"cabinet": cabinet, "snippet": _snippet(cabinet)}
    if not origin:
        return found
    own = same_site(origin, cabinet)
    return found | {
        "listed": may_embed(origin, settings().frame_ancestors),
        "ancestors": " ".join([*settings().frame_ancestors, origin]),
        "same_site": own,
        "cookies_fit": own or settings().cookie_mode == "cross-site",
        "mixed": origin.startswith("https:") and cabinet.startswith("http:"),
        "policy": f"script-src {cabinet}; frame-src {cabinet}",
    }


def _snippet(cabinet: str) -> str:
    """What goes into the site's page."""
    link = Markup('<a href="{}/">{}</a>').format(cabinet, _("Личный кабинет"))
    script = Markup('<script async src="{}{}"></script>').format(cabinet, url_for("embedding.script"))
    return f"<div data-cabinet>{link}</div>\n{script}"


def may_embed(origin: str, entries: tuple[str, ...]) -> bool:
    """Whether a page of this origin is among FRAME_ANCESTORS, as browsers read them."""
    return any(_pattern(entry).fullmatch(origin) for entry in entries)


def _pattern(entry: str) -> re.Pattern[str]:
    """An entry as a pattern of origins: `*.` is any subdomain, `:*` any port."""
    scheme, _mark, host = re.sub(r":(80|443)$", "", entry).partition("://")
    host = re.escape(host).replace(r"\*\.", r"(?:[a-z0-9-]+\.)+").replace(r":\*", r"(?::\d+)?")
    return re.compile(f"{scheme}://{host}")


def same_site(one: str, other: str) -> bool:
    """Whether browsers take two origins for one site, as far as their last two names tell."""
    a, b = urlsplit(one), urlsplit(other)
    return (a.scheme, _last_names(a.hostname)) == (b.scheme, _last_names(b.hostname))


def _last_names(host: str | None) -> str:
    return ".".join((host or "").split(".")[-2:])
