"""`python -m cabinet.serve`: serve until SIGTERM or SIGINT; on SIGHUP a new server replaces the old one.

A server that was started by the supervisor is told by `--on` what it works with, and says what is wrong with
the settings: to check them takes libraries that the supervisor would only keep in the memory. Nor does it
keep those that read them: once the socket is open it begins anew, told by `--over` what it supervises. So
each of the three imports what it needs by itself.
"""

import os
import sys

from cabinet import __version__

TYPE_CHECKING = False  # as mypy takes it; `typing` is half a megabyte of the supervisor
if TYPE_CHECKING:
    from config import Settings


def main() -> None:
    """Print the version, or serve. Exits with 1, saying why, when it cannot start."""
    if sys.argv[1:] == ["--version"]:
        print(__version__)
        return
    given = dict(os.environ)  # without what `.env` adds: the next server reads it anew
    if sys.argv[1:2] == ["--over"]:
        from cabinet.serve.supervisor import begin

        sys.exit(begin(given, *sys.argv[2:]))
    from config import Settings

    settings = Settings.at_start()
    if sys.argv[1:2] == ["--on"]:
        from pathlib import Path

        from cabinet.serve.server import serve  # granian is of no use to the supervisor

        number, alive, ready = sys.argv[2:]
        serve(settings, int(number), int(alive), Path(ready))
        return
    _open(settings, given)


def _open(settings: "Settings", given: dict[str, str]) -> None:
    """Open the socket and have a folder for those that come up, and become the supervisor."""
    from contextlib import suppress

    from cabinet.serve.held_folder import hold
    from cabinet.serve.listening import listening

    try:
        opened = listening(settings.host, settings.port)
    except OSError as error:
        sys.exit(_refusal(settings, error))
    opened.set_inheritable(True)
    over = ["--over", str(opened.fileno()), str(settings.web_processes), settings.log_level]
    with suppress(OSError):  # without a place for it no server is known to have come up
        ready, held = hold("ready")
        os.set_inheritable(held, True)
        over += [ready, str(held)]
    command = [sys.executable, *sys.orig_argv[1:], *over]
    os.execve(sys.executable, command, given)  # noqa: S606  # nosec B606 # ourselves


def _refusal(settings: "Settings", error: OSError) -> str:
    import errno

    if error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} is in use by another program. Choose another, such as PORT=8001."
    return f"Cannot listen on HOST={settings.host}, PORT={settings.port}: {error.strerror}"


if __name__ == "__main__":
    main()
