"""The token that marks a browser as a resident's: a long-lived cookie beside the session's.

Where the session's token travels in a request header, for want of cookies, so does this one, kept by the
page's script.
"""

from flask import Response, after_this_request

from cabinet.models import Device, MaxLink, User
from cabinet.models.base import settings
from cabinet.models.device import mark_of
from cabinet.models.passed_number import is_unseen
from cabinet.models.phone_proof import by_contact_alone
from cabinet.web.current import g, request
from cabinet.web.security import user_agent
from cabinet.web.sessions import session
from cabinet.web.tokens import cookie_options

HEADER = "X-Cabinet-Device"


def cookie_name() -> str:
    """The cookie's name; the `__Host-` prefix needs https."""
    return "__Host-device" if settings().secure else "device"


def known_device(user: User | None) -> str | None:
    """This browser's token, if the resident signed in from it before."""
    token = presented()
    return token if Device.knows(token, user) else None


def known_device_of(phone: str) -> str | None:
    """As `known_device`, of the resident of a phone, who is looked up only if the browser has a token."""
    return known_device(User.by_phone(phone)) if presented() else None


def may_be_another(user: User) -> bool:
    """Whether this may be the number's next owner: the resident unseen for long, the browser unknown."""
    return is_unseen(user) and known_device(user) is None


def may_be_a_strangers(user: User) -> bool:
    """Whether the SIM may be another's: MAX alone said whose number it is, and the browser is not known."""
    return known_device(user) is None and by_contact_alone(user.id, user.phone)


def letter_receiver(purpose: str, phone: str) -> User | None:
    """The resident who may have a code by letter: in a browser of theirs, the address confirmed.

    Only for a new password: a letter proves nothing of a phone.
    """
    if "email" not in settings().code_channels or purpose != "recovery" or not presented():
        return None
    user = User.by_phone(phone)
    return user if user and user.email and user.email_confirmed_at and known_device(user) else None


def max_receiver(purpose: str, phone: str) -> User | None:
    """The resident who may have a code by MAX: as a letter, where the bot is linked."""
    if "max" not in settings().code_channels or purpose != "recovery" or not presented():
        return None
    user = User.by_phone(phone)
    return user if user and known_device(user) and MaxLink.of(user) else None


def first_way(phone: str) -> str:
    """How the first code for a new password goes: by MAX where settings put that first, to who has it."""
    return "max" if settings().code_channels[:1] == ("max",) and max_receiver("recovery", phone) else "sms"


def sent_in_header() -> bool:
    """Whether the page's script holds this session's token, for want of cookies."""
    return session.presented and not session.by_cookie


def presented() -> str | None:
    """The token that this browser sent, no matter whose it is."""
    return request.headers.get(HEADER) if sent_in_header() else request.cookies.get(cookie_name())


def remember_device(user: User, first: bool = False) -> bool:
    """Record the sign-in of this browser, or the `first`; True if it is new to a resident who has others."""
    token, new = Device.remember(g.get("device_token") or presented(), user, user_agent())
    if "device_token" not in g:  # nor tried before, by a transaction that failed
        g.device_token = token
        _let_keep(token, sent_in_header())
    return new and not first and Device.others(token, user)


def mark() -> str:
    """What is kept of this browser's token, once it is remembered."""
    return mark_of(g.device_token)


def _let_keep(token: str, by_header: bool) -> None:
    """Give this browser its token."""

    @after_this_request
    def keep(response: Response) -> Response:
        if by_header:
            response.headers[HEADER] = token
        else:
            response.set_cookie(cookie_name(), token, **cookie_options(settings().device_lifetime))
        return response
