"""HTTP connections whose answers must begin in time, however slowly they trickle in."""

import socket
import threading
from contextlib import suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class _Deadline:
    """A connection whose whole head of an answer must arrive within `seconds`."""

    sock: socket.socket | None
    seconds: float

    def getresponse(self) -> Any:
        timer = threading.Timer(self.seconds, self._hang_up, (self.sock,))
        timer.daemon = True
        timer.start()
        try:
            return super().getresponse()  # type: ignore[misc]
        finally:
            timer.cancel()

    @staticmethod
    def _hang_up(sock: socket.socket | None) -> None:
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # beneath TLS, which may be reading


class DeadlineAdapter(HTTPAdapter):
    """Makes connections that have a deadline of so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        limit = {"seconds": self.seconds}
        plain = type("Plain", (_Deadline, HTTPConnection), limit)
        tls = type("Tls", (_Deadline, HTTPSConnection), limit)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
        }
