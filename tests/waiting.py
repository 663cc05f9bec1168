"""Waiting for conditions: the one place where a test lets time pass.

The limit matters to a test that fails only, so it is generous: a machine that has other work to do needs
minutes for what takes a second on an idle one.
"""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

PATIENCE = 300.0  # seconds until what is waited for is given up, also for servers, processes and browsers
PAUSE = 0.03  # seconds between two looks

T = TypeVar("T")


class Page(Protocol):
    """A page of Playwright, whose events are handled only while it waits itself."""

    def wait_for_timeout(self, timeout: float) -> None: ...


def until(
    condition: Callable[[], T],
    what: str | Callable[[], str] = "waited in vain",
    patience: float = PATIENCE,
    page: Page | None = None,
) -> T:
    """Wait until the condition is true, and return what it returned.

    `page`: what happens in it goes on meanwhile. Raises AssertionError saying `what` did not come,
    or how things stand then.
    """
    deadline = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < deadline, what if isinstance(what, str) else what()
        if page is None:
            time.sleep(PAUSE)
        else:
            page.wait_for_timeout(PAUSE * 1000)
    return found


def let_pass(seconds: float) -> None:
    """Let time pass where the moment itself is what is tried: when to kill, how slowly to answer.

    Never to wait for something.
    """
    time.sleep(seconds)
