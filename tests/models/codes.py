"""Codes that are sent and guessed at."""

from typing import Any

import pytest

from cabinet.models import OneTimeCode
from cabinet.models.attempt import TooManyError
from cabinet.models.code import Verdict
from tests.cast import PHONE

IP, OTHER_IP, THIRD_IP = "192.0.2.1", "192.0.2.2", "192.0.2.3"
AT_ONCE = pytest.mark.settings(code_resend_waits=())


def send(phone: str = PHONE, ip: str = IP, **kwargs: Any) -> OneTimeCode:
    """A code for a registration."""
    return OneTimeCode.send("registration", phone, ip, "ru", **kwargs)


def refused(phone: str = PHONE, ip: str = IP, **kwargs: Any) -> int:
    """Seconds to wait for a code that is refused."""
    with pytest.raises(TooManyError) as error:
        send(phone, ip, **kwargs)
    return error.value.wait


def wrong_of(code: OneTimeCode) -> str:
    """Six digits that are not the code's."""
    return f"{(int(code.digits) + 1) % 1_000_000:06d}"


def guess_wrong(code: OneTimeCode, times: int, trusted: str | None = None) -> None:
    """Six digits that are not the code's, so many times."""
    for _ in range(times):
        assert code.verify(wrong_of(code), trusted) is Verdict.WRONG


def stored(code: OneTimeCode) -> OneTimeCode:
    """The code as the database has it."""
    return OneTimeCode.get_by_id(code.id)
