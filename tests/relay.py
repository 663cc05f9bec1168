"""A relay to PostgreSQL that breaks as networks and servers do."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

NAME = ".s.PGSQL.5432"


class Relay:
    """Listens in `folder` and passes everything on to a server's socket, unless told to fail.

    `refuse`: nobody listens, and what was open is cut. `hang`: connections are taken and stay without a
    word, the open ones too.
    """

    def __init__(self, folder: Path, server: str) -> None:
        self.path = str(folder / NAME)
        self.server = server
        self.flows = threading.Event()
        self.open: list[socket.socket] = []
        self.listener: socket.socket | None = None
        self.work()

    def work(self) -> None:
        """Be a good network, again."""
        self.flows.set()
        if self.listener is None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path)
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(self.path)
            self.listener.listen(64)
            threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def hang(self) -> None:
        """Pass nothing on any more."""
        self.flows.clear()

    def refuse(self) -> None:
        """Be gone."""
        if self.listener:
            os.unlink(self.path)
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        self.cut()

    def cut(self) -> None:
        """Close what is open; new connections are taken."""
        while self.open:
            end = self.open.pop()
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                ours, _ = listener.accept()
                theirs = socket.socket(socket.AF_UNIX)
                theirs.connect(self.server)
                self.open += [ours, theirs]
                for one, other in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self.flows.wait()
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def relay_to(server_folder: str, folder: Path) -> Iterator[Relay]:
    """A relay to the server whose socket is in `server_folder`."""
    relay = Relay(folder, f"{server_folder}/{NAME}")
    try:
        yield relay
    finally:
        relay.work()
        relay.refuse()
