"""A phone proved by its contact in MAX, as the code page offers it: to anybody, whosever the phone is."""

from cabinet.models import MaxContact, OneTimeCode
from cabinet.models.base import settings
from cabinet.web import session_keys as keys
from cabinet.web.sessions import session


def is_offered(code: OneTimeCode) -> bool:
    """Whether the phone of a code may be proved so: while its digits are good."""
    return "max" in settings().code_channels and code.live


def contact_of(code: OneTimeCode) -> MaxContact | None:
    """What was begun here for this code."""
    found = MaxContact.find(session.get(keys.MAX_CONTACT))
    return found if found and found.live and found.code_id == code.id else None
