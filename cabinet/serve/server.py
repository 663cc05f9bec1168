"""One server: granian's processes, all of which accept from the socket of the supervisor.

Granian answers many connections from few processes, so that a burst of logins keeps nobody waiting; a stop
lets requests under way finish for STOP_WAIT seconds. By itself it would give each process a queue of its own,
and whoever waits in the queue of one that ends is cut off; one queue outlives them all.

The application is loaded once, before there are processes: they share its memory, and all begin at once. The
process that loaded it then becomes their keeper (`keeper.py`), which has none of it.
"""

import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from cabinet.serve.held_folder import hold
from cabinet.serve.keeper import ASKED, follow
from cabinet.serve.listening import WAITING
from config import Settings

FOLDER = "CABINET_FIGURES"  # where processes tell each other of their figures


class Server(MPServer):
    """Granian on a socket that is open already; `serve` starts its processes and gives its own to `keep`."""

    def __init__(self, listening: socket.socket, keep: Callable[[list[int]], None], **options: Any) -> None:
        super().__init__("wsgi:app", **options)
        self.listening, self.keep = listening, keep

    def _init_shared_socket(self) -> None:
        held: Any = SocketHolder  # its arguments are not in its types
        self._shd = held(self.listening.fileno(), False, WAITING)
        self._ssp = self._sso = None

    def _serve_loop(self, *_: Any) -> None:
        self.keep([worker.inner.pid for worker in self.wrks])


def serve(settings: Settings, number: int, alive: int, ready: Path) -> None:
    """Serve until SIGTERM or until the supervisor is gone.

    `number` is that of the socket, `alive` that of a pipe which closes when the supervisor ends; each process
    makes a file in the folder `ready` once it has loaded the application.
    """
    multiprocessing.set_start_method("fork", force=True)  # others do not pass the socket on
    listening = socket.socket(fileno=number)
    listening.set_inheritable(False)  # the keeper accepts nothing, and would keep visitors waiting
    mine, held = os.pipe()  # what processes hear the end of their keeper by, however it ends
    up, come = os.pipe()  # what each writes to that has come up
    for passed in (held, up):
        os.set_inheritable(passed, True)
    server = Server(
        listening,
        partial(_become_keeper, alive, up),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.web_processes,
        blocking_threads=settings.web_threads,
        log_level=LogLevels.error,
    )
    app = _application()
    with suppress(OSError):  # without a place for it each process tells of itself alone
        os.environ[FOLDER], lock = hold("figures")
        os.set_inheritable(lock, True)  # by the keeper, too
    _obey_in_children(listening)
    server.serve(target_loader=partial(_loaded, app, ready, come, mine, held), wrap_loader=False)


def _become_keeper(alive: int, up: int, processes: list[int]) -> None:
    keeper = [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py"))]
    told = [str(alive), str(up), os.environ.get(FOLDER, ""), *map(str, processes)]
    os.execv(sys.executable, [*keeper, *told])  # noqa: S606  # nosec B606 # ours


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


def _obey_in_children(listening: socket.socket) -> None:
    """Have a child obey from its first moment; what this process is asked from now on is for the keeper.

    Until granian has handlers of its own there, nothing is under way that would have to be finished.
    """

    def begin() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGUSR1, lambda *_: _accept_nothing(listening))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED)

    signal.pthread_sigmask(signal.SIG_BLOCK, ASKED)
    os.register_at_fork(after_in_child=begin)


def _loaded(app: Any, ready: Path, come: int, mine: int, held: int) -> Any:
    """The application, in a process that is to serve it, and that ends with its keeper."""
    os.close(held)
    threading.Thread(target=follow, args=(mine,), daemon=True).start()
    app.extensions["figures"].share()
    os.write(come, b"1")
    os.close(come)
    if ready.is_dir():  # it may have been tidied up
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
