"""`python -m cabinet.serve`: serve until SIGTERM or SIGINT; on SIGHUP a new server replaces the old one.

A server that was started by the supervisor is told by `--on` what it works with, and says what is wrong with
the settings: to check them takes libraries that the supervisor would only keep in the memory.
"""

import errno
import logging
import os
import sys
from pathlib import Path

from cabinet import __version__
from cabinet.serve.listening import listening
from cabinet.serve.supervisor import Supervisor
from config import Settings


def main() -> None:
    """Print the version, or serve. Exits with 1, saying why, when it cannot start."""
    if sys.argv[1:] == ["--version"]:
        print(__version__)
        return
    given = dict(os.environ)  # without what `.env` adds: the next server reads it anew
    settings = Settings.at_start()
    if sys.argv[1:2] == ["--on"]:
        from cabinet.serve.server import serve  # granian is of no use to the supervisor

        socket, alive, ready = sys.argv[2:]
        serve(settings, int(socket), int(alive), Path(ready))
        return
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        opened = listening(settings.host, settings.port)
    except OSError as error:
        sys.exit(_refusal(settings, error))
    sys.exit(Supervisor(opened, settings.web_processes, given).run())


def _refusal(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} is in use by another program. Choose another, such as PORT=8001."
    return f"Cannot listen on HOST={settings.host}, PORT={settings.port}: {error.strerror}"


if __name__ == "__main__":
    main()
