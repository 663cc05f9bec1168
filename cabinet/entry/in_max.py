"""A phone proved by its contact in MAX, as the code page offers it."""

from cabinet.models import MaxContact, OneTimeCode
from cabinet.models.base import settings
from cabinet.web import session_keys as keys
from cabinet.web.devices import known_device_of
from cabinet.web.sessions import session


def is_offered(code: OneTimeCode) -> bool:
    """Whether the page offers it: to all who register alike, and for a new password as a letter.

    MAX knows whose number it was when the account was made there, not who has the SIM now.
    """
    if "max" not in settings().code_channels or not code.live:
        return False
    if code.purpose == "recovery":
        return known_device_of(code.phone) is not None
    return code.purpose == "registration"


def may_begin(code: OneTimeCode) -> bool:
    """Whether it is offered, and no cabinet has come to the phone since."""
    return is_offered(code) and MaxContact.may_prove(code)


def contact_of(code: OneTimeCode) -> MaxContact | None:
    """What was begun here for this code."""
    found = MaxContact.find(session.get(keys.MAX_CONTACT))
    return found if found and found.live and found.code_id == code.id else None
