"""Where a visitor of the first screen stands: what the embedding page begins with, what was begun before."""

from cabinet.models import Registration
from cabinet.web import session_keys as keys
from cabinet.web.current import request
from cabinet.web.sessions import session


def begins_with() -> str:
    """What the embedding page begins with: "login", "request", or either ("")."""
    asked = request.args.get("start") or session.get(keys.START, "")
    return asked if asked in ("login", "request") else ""


def verified() -> bool:
    """Whether a visitor on the way to a cabinet is here, whose phone is known to be theirs."""
    registration = session.registration_of(keys.VERIFIED)
    return bool(registration and registration.step != "done")


def begun(registration: Registration | None) -> bool:
    """Whether this browser may go on where its registration stopped."""
    return bool(registration and session.get(keys.VERIFIED) and registration.step != "done")
