"""One server: granian's processes, all of which accept from the socket of the supervisor.

Granian answers many connections from few processes, so that a burst of logins keeps nobody waiting; a stop
lets requests under way finish for STOP_WAIT seconds. By itself it would give each process a queue of its own,
and whoever waits in the queue of one that ends is cut off; one queue outlives them all.

The application is loaded once, before there are processes: they share its memory, and all begin at once.
"""

import gc
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from cabinet.serve.listening import WAITING
from config import Settings

STOP_WAIT = 25  # seconds; process managers kill after 30
TO_END = (signal.SIGTERM, signal.SIGINT)


class Server(MPServer):
    """Granian on a socket that is open already."""

    def __init__(self, listening: socket.socket, **options: Any) -> None:
        super().__init__("wsgi:app", **options)
        self.listening = listening
        signal.signal(signal.SIGUSR1, self._retire)

    def _init_shared_socket(self) -> None:
        held: Any = SocketHolder  # its arguments are not in its types
        self._shd = held(self.listening.fileno(), False, WAITING)
        self._ssp = self._sso = None

    def _retire(self, *_: Any) -> None:
        """Have the processes accept nothing more, before they are asked to end."""
        for worker in self.wrks:
            with suppress(ProcessLookupError):  # it has just died, and its successor accepts nothing
                os.kill(worker.inner.pid, signal.SIGUSR1)
        _accept_nothing(self.listening)


def serve(settings: Settings, number: int, alive: int, ready: Path) -> None:
    """Serve until SIGTERM or until the supervisor is gone.

    `number` is that of the socket, `alive` that of a pipe which closes when the supervisor ends; each process
    makes a file in the folder `ready` once it has loaded the application.
    """
    threading.Thread(target=_follow, args=(alive,), daemon=True).start()
    multiprocessing.set_start_method("fork", force=True)  # others do not pass the socket on
    listening = socket.socket(fileno=number)
    server = Server(
        listening,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.web_processes,
        blocking_threads=settings.web_threads,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WAIT,
        log_level=LogLevels.error,
    )
    app = _application()
    _answer_signals_in_children(listening)
    mine, held = os.pipe()  # what children hear the end of this process by, however it ends
    with ExitStack() as stack:
        with suppress(OSError):  # without a place for it each process tells of itself alone
            folder = tempfile.TemporaryDirectory(prefix="cabinet-figures-", ignore_cleanup_errors=True)
            os.environ["CABINET_FIGURES"] = stack.enter_context(folder)
        server.serve(target_loader=partial(_loaded, app, ready, mine, held), wrap_loader=False)


def _application() -> Any:
    """The application, which has made its first page: what that loads is shared, too.

    The memory stays shared, since the collector of garbage leaves it alone.
    """
    from wsgi import app

    with app.test_request_context("/"):
        app.full_dispatch_request()
    gc.collect()
    gc.freeze()
    return app


def _answer_signals_in_children(listening: socket.socket) -> None:
    """Have a child obey from its first moment, not remember for the parent that it was asked to end.

    Until granian has handlers of its own there, nothing is under way that would have to be finished.
    """
    asked = {*TO_END, signal.SIGUSR1}

    def begin() -> None:
        for number in TO_END:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGUSR1, lambda *_: _accept_nothing(listening))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, asked)

    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, asked),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, asked),
        after_in_child=begin,
    )


def _loaded(app: Any, ready: Path, mine: int, held: int) -> Any:
    """The application, in a process that is to serve it, and that ends with its parent."""
    os.close(held)
    threading.Thread(target=_follow, args=(mine,), daemon=True).start()
    app.extensions["figures"].share()
    if ready.is_dir():  # a process that replaces one that died is not waited for
        (ready / str(os.getpid())).touch()
    return app


def _accept_nothing(listening: socket.socket) -> None:
    """Let the numbers of the socket be those of one to which nobody connects.

    What granian has just accepted when it is asked to end it would close unread; now it is read before that.
    """
    nobody = socket.create_server(("127.0.0.1", 0))
    nobody.setblocking(False)
    shared = os.fstat(listening.fileno())
    for number in map(int, os.listdir("/dev/fd")):
        with suppress(OSError):  # the number of the list itself
            if os.path.samestat(os.fstat(number), shared):
                os.dup2(nobody.fileno(), number)


def _follow(alive: int) -> None:
    """Nobody would ever stop a server without a supervisor, nor its process, and it would keep the port."""
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)
