"""A killed server is gone, and so are the processes that it has begun."""

import subprocess
import sys

from tests.faults.processes import kill
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
