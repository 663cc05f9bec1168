"""The browsers that members of staff signed in from before: failures of strangers do not lock these.

The cookie is a name of the browser's own and a signature for each person who signed in there. It opens
nothing, and a reset of the person makes it worthless.
"""

import hmac
import re
import secrets

from flask import Response, after_this_request, request

from cabinet.models.base import settings
from cabinet.models.signing import accepted
from cabinet.models.staff import Staff
from cabinet.web.tokens import cookie_options

COOKIE = re.compile(r"[\w-]{22}(\.[0-9a-f]{32}){1,8}", re.ASCII)
MOST_PEOPLE = 8


def cookie_name() -> str:
    """The cookie's name; the `__Host-` prefix needs https."""
    return "__Host-desk" if settings().secure else "desk"


def own_device(staff: Staff | None) -> str | None:
    """The name of this browser, if the person signed in from it before."""
    name, *signatures = _presented()
    if staff is None or not any(_is_of(staff, name, one) for one in signatures):
        return None
    return f"device:{name}"


def remember_device(staff: Staff) -> None:
    """Let the browser keep that the person signed in here."""
    name, *signatures = _presented()
    others = [one for one in signatures if not _is_of(staff, name, one)]
    kept = [_signatures(staff, name)[0], *others][:MOST_PEOPLE]

    @after_this_request
    def keep(response: Response) -> Response:
        value, life = ".".join((name, *kept)), settings().device_lifetime
        response.set_cookie(cookie_name(), value, **cookie_options(life))
        return response


def _presented() -> list[str]:
    """The browser's name and the signatures it keeps; a fresh name where it keeps nothing of ours."""
    value = request.cookies.get(cookie_name(), "")
    return value.split(".") if COOKIE.fullmatch(value) else [secrets.token_urlsafe(16)]


def _is_of(staff: Staff, name: str, signature: str) -> bool:
    return any(hmac.compare_digest(signature, mine) for mine in _signatures(staff, name))


def _signatures(staff: Staff, name: str) -> list[str]:
    """The person's signature, and that of before SECRET_KEY was replaced."""
    return [one[:16].hex() for one in accepted("desk", staff.id, staff.totp_salt, name)]
