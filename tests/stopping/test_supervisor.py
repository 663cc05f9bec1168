"""The supervisor of web servers: a new one that does not come up leaves the old one alone."""

import socket
import subprocess
import sys
from pathlib import Path

from cabinet.serve.supervisor import Supervisor

STAYS = "import signal\nsignal.pause()"


class Tried(Supervisor):
    """Starts what the test says instead of a server."""

    script = STAYS

    def _start(self, ready: Path | None) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", self.script, str(ready or "")])


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


def test_servers_have_few_heaps_unless_the_operator_says_how_many() -> None:
    with socket.socket() as listening:
        assert Supervisor(listening, 1, {"LISTEN_FDS": "1"}).given == {"MALLOC_ARENA_MAX": "2"}
        own = {"MALLOC_ARENA_MAX": "8"}
        assert Supervisor(listening, 1, own).given == own
