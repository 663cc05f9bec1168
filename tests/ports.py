"""Ports of this machine."""

import random
import socket

PORTS = range(12_000, 32_000)  # the system gives none of them to whoever connects or lets it choose
CHANCE = random.SystemRandom()


def free_port() -> int:
    """A port of this machine on which nobody listens, nor will while its server is restarted.

    Of those that the system chooses itself, one may go meanwhile to a client that asks at it again and again,
    which then is connected to itself, and the server finds no place.
    """
    while True:
        port = CHANCE.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def is_listening(port: int) -> bool:
    """Whether somebody takes connections on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
