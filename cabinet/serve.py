"""The web server of production and demonstration: `python -m cabinet.serve`.

Granian answers many connections from few processes, so that a burst of logins keeps nobody waiting; a stop
lets requests under way finish for STOP_WAIT seconds.
"""

import os
import socket
import sys
import tempfile
from contextlib import ExitStack, suppress

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from cabinet import __version__
from config import Settings
from config_check import problems

STOP_WAIT = 25  # seconds; process managers kill after 30


def main() -> None:
    """Serve until SIGTERM or SIGINT, or print the version. Exits with 1, saying why, when it cannot start."""
    if sys.argv[1:] == ["--version"]:
        print(__version__)
        return
    settings = Settings.from_env()
    if found := problems(settings):
        sys.exit("\n".join(["Cabinet cannot start:", *(f"  - {problem}" for problem in found)]))
    if not port_is_free(settings.host, settings.port):
        sys.exit(f"Port {settings.port} is in use by another program. Choose another, such as PORT=8001.")
    with ExitStack() as stack:
        with suppress(OSError):  # without a place for it each process tells of itself alone
            folder = tempfile.TemporaryDirectory(prefix="cabinet-figures-", ignore_cleanup_errors=True)
            os.environ["CABINET_FIGURES"] = stack.enter_context(folder)
        _serve(settings)


def _serve(settings: Settings) -> None:
    Granian(
        "wsgi:app",
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
    ).serve()


def port_is_free(host: str, port: int) -> bool:
    """Whether the port is free. Granian would silently share it with another program."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    main()
