"""The socket that visitors connect to: systemd's, or one of our own."""

import os
import socket

FIRST = 3  # the number of the first socket that systemd passes on
WAITING = 1024  # connections that may wait to be accepted


def listening(host: str, port: int) -> socket.socket:
    """What systemd listens on for us (`cabinet-web.socket`), else a new socket. Raises OSError: in use.

    What it accepts sends at once: else what comes in pieces waits until the first is acknowledged, 40 ms.
    """
    opened = _opened(host, port)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def _opened(host: str, port: int) -> socket.socket:
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS") == "1":
        return socket.socket(fileno=FIRST)
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    return socket.create_server((host, port), family=family, backlog=WAITING)
