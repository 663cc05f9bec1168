"""`python -m cabinet.serve`: serve until SIGTERM or SIGINT; on SIGHUP a new server replaces the old one.

A server that was started by the supervisor is told by `--on` what it works with, and says what is wrong with
the settings: to check them takes libraries that the supervisor would only keep in the memory. Nor does it
keep those that read them: once the socket is open it begins anew, told by `--over` what it supervises.
"""

import errno
import logging
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cabinet import __version__
from cabinet.serve.listening import listening
from cabinet.serve.supervisor import Supervisor

if TYPE_CHECKING:
    from config import Settings


def main() -> None:
    """Print the version, or serve. Exits with 1, saying why, when it cannot start."""
    if sys.argv[1:] == ["--version"]:
        print(__version__)
        return
    given = dict(os.environ)  # without what `.env` adds: the next server reads it anew
    if sys.argv[1:2] == ["--over"]:
        number, processes, level = sys.argv[2:]
        logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        sys.exit(Supervisor(socket.socket(fileno=int(number)), int(processes), given).run())
    from config import Settings

    settings = Settings.at_start()
    if sys.argv[1:2] == ["--on"]:
        from cabinet.serve.server import serve  # granian is of no use to the supervisor

        number, alive, ready = sys.argv[2:]
        serve(settings, int(number), int(alive), Path(ready))
        return
    try:
        opened = listening(settings.host, settings.port)
    except OSError as error:
        sys.exit(_refusal(settings, error))
    opened.set_inheritable(True)
    over = ("--over", str(opened.fileno()), str(settings.web_processes), settings.log_level)
    command = [sys.executable, *sys.orig_argv[1:], *over]
    os.execve(sys.executable, command, given)  # noqa: S606  # nosec B606 # ourselves


def _refusal(settings: "Settings", error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} is in use by another program. Choose another, such as PORT=8001."
    return f"Cannot listen on HOST={settings.host}, PORT={settings.port}: {error.strerror}"


if __name__ == "__main__":
    main()
