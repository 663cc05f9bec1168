"""What children do that this process forks: they have all that is imported and patched here."""

import os
import traceback
from collections.abc import Callable

from tests.waiting import until


def exit_of_child(work: Callable[[], object]) -> int:
    """The exit code of a child that did it: 1 if that raised anything, minus the signal that killed it.

    Fails if the child hangs.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
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
    assert over
    return os.waitstatus_to_exitcode(over[1])


def holds_in_a_child(check: Callable[[], bool]) -> bool:
    """Whether it does there. Fails if the child hangs."""

    def work() -> None:
        assert check()

    return exit_of_child(work) == 0
