"""The socket that visitors connect to."""

import socket

from cabinet.serve.listening import listening


def test_nothing_that_is_sent_waits_for_what_was_sent_before() -> None:
    """Else whoever keeps a connection waits 40 ms for each page that comes in two pieces."""
    with listening("127.0.0.1", 0) as opened, socket.create_connection(opened.getsockname()):
        accepted, _address = opened.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
