"""The token by which a browser is known to its resident: a long-lived cookie beside the session's."""

from flask import Response, after_this_request, request

from cabinet.models import Device, User
from cabinet.models.base import settings
from cabinet.security import user_agent
from cabinet.sessions import cookie_options


def cookie_name() -> str:
    """The cookie's name; the `__Host-` prefix needs https."""
    return "__Host-device" if settings().secure else "device"


def known_device(user: User | None) -> str | None:
    """This browser's token, if the resident signed in from it before."""
    token = request.cookies.get(cookie_name())
    return token if Device.knows(token, user) else None


def remember_device(user: User) -> bool:
    """Note the sign-in of this browser; True if it is new to a resident who has others."""
    others = Device.select().where(Device.user == user.id).exists()
    token, new = Device.remember(request.cookies.get(cookie_name()), user, user_agent())

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(cookie_name(), token, max_age=settings().device_lifetime, **cookie_options())
        return response

    return new and others
