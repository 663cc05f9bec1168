"""What keeps the processes of a server: it passes on what it is asked, and tells of one that dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from config import ROOT
from tests.waiting import PATIENCE, until

SUPERVISOR = """
import os, signal, subprocess, sys
from cabinet.serve import keeper
signal.signal(keeper.LOST, lambda *_: print("another", flush=True))
alive, held = os.pipe()
server = subprocess.Popen([sys.executable, "-c", sys.argv[1], str(alive), *sys.argv[2:]], pass_fds=[alive])
print(server.pid, flush=True)
print("ended", server.wait(), flush=True)
"""
SERVER = """
import os, signal, sys
from cabinet.serve import keeper

def child(comes):
    if comes:
        os.write(come, b"1")
    signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b"retired\\n"))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, keeper.ASKED)
    os.write(1, f"{os.getpid()}\\n".encode())
    while True:
        signal.pause()

signal.pthread_sigmask(signal.SIG_BLOCK, keeper.ASKED)
up, come = os.pipe()
os.set_inheritable(up, True)
processes = [os.fork() or child(number < int(sys.argv[2])) for number in range(2)]
if sys.argv[3:]:
    stranger = os.fork()
    if not stranger:
        os._exit(0)
    os.write(1, f"-{stranger}\\n".encode())
told = [sys.argv[1], str(up), "", *map(str, processes)]
os.execv(sys.executable, [sys.executable, "-I", "-S", keeper.__file__, *told])
"""


class Told:
    """A supervisor, and what it and its processes say."""

    def __init__(self, come_up: int, *stranger: str) -> None:
        command = [sys.executable, "-c", SUPERVISOR, SERVER, str(come_up), *stranger]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        numbers = [int(self.line()) for _ in range(3 + len(stranger))]
        self.keeper, *self.children = (number for number in numbers if number > 0)
        self.stranger = -min(numbers)

    def line(self) -> str:
        """The next line."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Iterator[Told]:
    found = Told(*getattr(request, "param", (2,)))
    yield found
    found.process.kill()
    found.process.wait(PATIENCE)
    for process in (found.keeper, *found.children):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    assert found.process.stdout
    found.process.stdout.close()


def test_where_one_dies_another_server_is_asked_for_and_the_rest_go_on(told: Told) -> None:
    first, second = told.children
    os.kill(first, signal.SIGKILL)
    assert told.line() == "another"
    os.kill(told.keeper, signal.SIGUSR1)
    assert told.line() == "retired"
    os.kill(told.keeper, signal.SIGTERM)
    assert told.line() == "ended 0"
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


@pytest.mark.parametrize("told", [(1,)], indirect=True)
def test_where_one_dies_before_all_have_come_up_the_server_has_failed(told: Told) -> None:
    """The supervisor does not hear of it as of a loss: it would begin one server after another."""
    os.kill(told.children[1], signal.SIGKILL)
    assert told.line() == "retired"
    assert told.line() == "ended 1"


@pytest.mark.parametrize("told", [(2, "stranger")], indirect=True)
def test_a_child_that_it_does_not_know_is_asked_for_when_it_has_ended(told: Told) -> None:
    """Otherwise the system would tell of it again and again, at the cost of a processor."""
    until(lambda: not psutil.pid_exists(told.stranger), "it stays a zombie")


def test_without_any_process_the_server_has_ended(told: Told) -> None:
    for child in told.children:
        os.kill(child, signal.SIGKILL)
    lines = [told.line()]
    while lines[-1].startswith("another"):
        lines.append(told.line())
    assert lines[-1] == "ended 1"


def test_processes_end_that_do_not_when_asked(told: Told) -> None:
    for child in told.children:
        os.kill(child, signal.SIGSTOP)
    os.kill(told.keeper, signal.SIGTERM)
    os.kill(told.keeper, signal.SIGALRM)  # when their time is over
    assert told.line() == "ended 0"


def test_without_a_supervisor_all_end(told: Told) -> None:
    told.process.kill()
    assert told.line() == "", "nobody is left who could say anything"
