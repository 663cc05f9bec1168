"""The supervisor of web servers: a new one that does not come up leaves the old one alone."""

import socket
import subprocess
import sys
import time

from cabinet.serve.keeper import LOST
from cabinet.serve.supervisor import Supervisor
from config import ROOT
from tests.waiting import PATIENCE

FIRST_PAUSE = 0.25  # seconds, for the tests
STAYS = "import signal\nsignal.pause()"

# a supervisor of two processes with stubs of servers: how many come up in each, one after the other
SUPERVISED = """
import signal, socket, subprocess, sys, tempfile
from cabinet.serve import supervisor
pause, script, *come_up = sys.argv[1:]
supervisor.FIRST_PAUSE = supervisor.LOOK_EVERY = float(pause)

class Tried(supervisor.Supervisor):
    def _start(self, ready):
        print("start", flush=True)
        return subprocess.Popen([sys.executable, "-c", script, str(ready), come_up.pop(0)])

sys.exit(Tried(socket.socket(), 2, {}, tempfile.mkdtemp()).run())
"""
COMES_UP = """
import pathlib, signal, sys
folder, number = sys.argv[1:]
for name in range(int(number)):
    pathlib.Path(folder, str(name)).touch()
if number == "2":
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    print("whole", flush=True)
    signal.pause()
sys.exit(3)
"""


class Tried(Supervisor):
    """Starts what the test says instead of a server."""

    script = STAYS

    def _start(self, ready: str | None) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", self.script, ready or ""])


def test_a_server_that_does_not_come_up_leaves_the_old_one_alone() -> None:
    with socket.socket() as listening:
        supervisor = Tried(listening, 1, {})
        old = supervisor._start(None)
        try:
            supervisor.script = "raise SystemExit(1)"
            assert supervisor._replaced(old) is old and old.poll() is None
            supervisor.script = "import pathlib, sys\npathlib.Path(sys.argv[1], '1').touch()\n" + STAYS
            new = supervisor._replaced(old)
            assert new is not old and new.poll() is None and old.poll() is not None
            new.kill()
            new.wait()
        finally:
            old.kill()
            old.wait()


def supervised(*come_up: int) -> "subprocess.Popen[str]":
    """A supervisor whose servers have so many processes that come up."""
    command = [sys.executable, "-c", SUPERVISED, str(FIRST_PAUSE), COMES_UP, *map(str, come_up)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_a_lost_process_is_replaced_after_pauses_that_double_until_a_server_is_whole() -> None:
    with supervised(2, 0, 1, 2) as supervisor:
        assert supervisor.stdout
        try:
            assert [supervisor.stdout.readline() for _ in "12"] == ["start\n", "whole\n"]
            supervisor.send_signal(LOST)
            started = []
            for _ in range(3):
                assert supervisor.stdout.readline() == "start\n"
                started.append(time.monotonic())
            assert started[1] - started[0] >= FIRST_PAUSE
            assert started[2] - started[1] >= 2 * FIRST_PAUSE
            assert supervisor.stdout.readline() == "whole\n"
            supervisor.terminate()
            assert supervisor.stdout.readline() == "", "it begins no other"
        finally:
            supervisor.kill()


def test_a_first_server_of_which_a_part_comes_up_ends_the_supervisor() -> None:
    with supervised(1, 2) as supervisor:
        try:
            assert supervisor.wait(PATIENCE) == 3
        finally:
            supervisor.kill()


def test_servers_have_few_heaps_unless_the_operator_says_how_many() -> None:
    with socket.socket() as listening:
        assert Supervisor(listening, 1, {"LISTEN_FDS": "1"}).given == {"MALLOC_ARENA_MAX": "2"}
        own = {"MALLOC_ARENA_MAX": "8"}
        assert Supervisor(listening, 1, own).given == own
