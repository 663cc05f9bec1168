"""The code by which a password is set anew: on its way to this browser, or promised to it for later."""

from contextlib import suppress

from flask_babel import get_locale

from cabinet.models import OneTimeCode
from cabinet.models.attempt import TooManyError
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.web import session_keys as keys
from cabinet.web.devices import first_way, known_device_of
from cabinet.web.security import client_address
from cabinet.web.sessions import session


def on_its_way(phone: str) -> OneTimeCode:
    """The code on its way to this browser, or a new one. Raises TooManyError at a limit of SMS."""
    current = _current(phone)
    if current and current.live:
        return current
    device, ip, locale = known_device_of(phone) is not None, client_address(), str(get_locale())
    if first_way(phone) == "max":
        with suppress(TooManyError):  # then an SMS may go
            return OneTimeCode.send("recovery", phone, ip, locale, known=True, device=device, way="max")
    return OneTimeCode.send("recovery", phone, ip, locale, known=True, device=device)


def promised(phone: str) -> OneTimeCode:
    """What stands for a code that cannot be sent yet: no digits are right until another replaces it."""
    current = _current(phone)
    if current and current.message is None:
        return current
    with db.atomic():
        return OneTimeCode.create(purpose="recovery", phone=phone, expires_at=now(), voided_at=now())


def _current(phone: str) -> OneTimeCode | None:
    code = OneTimeCode.find(session.get(keys.CODE))
    return code if code and code.phone == phone and code.purpose == "recovery" else None
