"""What holds in a child that this process forks."""

import os
from collections.abc import Callable

from tests.waiting import until


def holds_in_a_child(check: Callable[[], bool]) -> bool:
    """Whether it does there. Fails if the child hangs."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if check() else 1
        finally:
            os._exit(code)

    def ended() -> tuple[int, int] | None:
        process, status = os.waitpid(child, os.WNOHANG)
        return (process, status) if process else None

    try:
        over = until(ended, "the child hangs")
    except AssertionError:
        os.kill(child, 9)
        os.waitpid(child, 0)
        raise
    return over is not None and os.waitstatus_to_exitcode(over[1]) == 0
