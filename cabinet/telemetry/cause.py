"""The id of the request under way in this thread, or of the one that caused what is done now."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LONGEST = 64  # characters
SANE = re.compile(rf"[A-Za-z0-9._-]{{16,{LONGEST}}}")  # no phone is so long

_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id; empty where no request is the cause."""
    return _current.get()


def begin(given: str = "") -> str:
    """Start a request under the id that a proxy gave it, if that is a sane one, or under a new one."""
    name = given if given and SANE.fullmatch(given) else f"{random.getrandbits(48):012x}"
    _current.set(name)
    return name


def end() -> None:
    """The request is over."""
    _current.set("")


@contextmanager
def caused_by(name: str | None) -> Iterator[None]:
    """What is done inside the block was caused by that request, if by any."""
    token = _current.set(name or "")
    try:
        yield
    finally:
        _current.reset(token)
