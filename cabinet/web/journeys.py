"""What each journey tells the door: where a proved phone leads, and where a journey half done goes on.

The door (`entry`) sends and judges codes without knowing what they are for; a journey registers its part
under the purpose of its codes by the decorators here.
"""

from collections.abc import Callable

from werkzeug.wrappers import Response

from cabinet.models import OneTimeCode

Proved = Callable[[OneTimeCode], Response]
Resume = Callable[[str | None], Response | None]

_proved: dict[str, Proved] = {}
_resume: dict[str, Resume] = {}


def phone_proved(purpose: str) -> Callable[[Proved], Proved]:
    """Let the function answer when a code of `purpose` was right; the session has taken a new token."""

    def register(function: Proved) -> Proved:
        _proved[purpose] = function
        return function

    return register


def half_done(purpose: str) -> Callable[[Resume], Resume]:
    """Let the function lead on to the step in turn of this session's journey.

    It is given a phone, or None for any; it returns None unless the session proved that phone for it.
    """

    def register(function: Resume) -> Resume:
        _resume[purpose] = function
        return function

    return register


def open_journey(code: OneTimeCode) -> Response:
    """Where a proved phone leads. Raises LookupError for a purpose that no journey has."""
    return _proved[code.purpose](code)


def resume_journey(purpose: str, phone: str | None = None) -> Response | None:
    """The step in turn of this session's journey, if it is half done; with `phone`, only if it is of that."""
    return _resume[purpose](phone)
