"""Where each journey registers what a verified phone leads to, and how it resumes half-way.

`entry` sends and checks codes without knowing what they are for; a journey registers its part
under the purpose of its codes by the decorators here.
"""

from collections.abc import Callable

from werkzeug.wrappers import Response

from cabinet.models import OneTimeCode

Verified = Callable[[OneTimeCode], str]
Resume = Callable[[str | None], Response | None]

_verified: dict[str, Verified] = {}
_resume: dict[str, Resume] = {}


def phone_verified(purpose: str) -> Callable[[Verified], Verified]:
    """Register what a right code of `purpose` begins, in the transaction that settles the code.

    It returns the endpoint that is next; the session is to have a new token.
    """

    def register(function: Verified) -> Verified:
        _verified[purpose] = function
        return function

    return register


def half_done(purpose: str) -> Callable[[Resume], Resume]:
    """Register the function that resumes this session's journey at its current step.

    It is given a phone, or None for any; it returns None unless the session verified that phone for it.
    """

    def register(function: Resume) -> Resume:
        _resume[purpose] = function
        return function

    return register


def open_journey(code: OneTimeCode) -> str:
    """Begin what a verified phone leads to; its endpoint. Raises LookupError for a purpose of none."""
    return _verified[code.purpose](code)


def resume_journey(purpose: str, phone: str | None = None) -> Response | None:
    """The current step of this session's unfinished journey, if any; with `phone`, only for that phone."""
    return _resume[purpose](phone)
