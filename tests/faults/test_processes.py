"""A killed server is gone, and so are the processes that it has begun."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config import Settings
from tests.faults.processes import Start, kill
from tests.ports import free_port, is_listening
from tests.waiting import until

# its child ends later than itself: much memory is to be given back before the port is
SERVER = """
import os, signal, socket, sys
listening = socket.socket()
listening.bind(("127.0.0.1", int(sys.argv[1])))
if not os.fork():
    memory = b"x" * 2**28
    listening.listen()
signal.pause()
"""


def test_who_is_killed_keeps_no_port() -> None:
    port = free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], start_new_session=True)
    until(lambda: is_listening(port))
    kill(server)
    assert not is_listening(port)


def test_what_a_killed_server_leaves_goes_with_the_test(
    start: Start, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its figures are in a folder that it removes itself, unless it is killed; then the next one does."""
    monkeypatch.setenv("PORT", str(free_port()))
    server = start(settings, "serve")
    until(lambda: server.poll() is not None or list(tmp_path.rglob("cabinet-figures.*")))
    kill(server)
    (folder,) = tmp_path.rglob("cabinet-figures.*")
    (ready,) = tmp_path.rglob("cabinet-ready.*")
    assert not Path(tempfile.gettempdir(), folder.name).exists()
    following = start(settings, "serve")
    until(lambda: following.poll() is not None or not folder.exists())
    assert not folder.exists() and not ready.exists()
