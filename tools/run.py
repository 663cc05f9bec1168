"""`make run`: prepare the demonstration and run the Procfile until Ctrl-C, all processes or none."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds until the server must have answered
PREPARE = (["build"], ["db", "upgrade"], ["demo", "seed"])


def main() -> None:
    """Exit code of the process that ended first; 0 after Ctrl-C."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("PORT", "8000")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    from cabinet.serve.listening import listening
    from config import Settings

    settings = Settings.at_start()
    try:
        listening(settings.host, settings.port).close()
    except OSError:
        sys.exit(f"Port {settings.port} is in use by another program. Choose another: PORT=8001 make run")
    for command in PREPARE:
        if subprocess.run(["flask", "--app", "wsgi", *command], stdout=subprocess.DEVNULL).returncode:
            sys.exit(f"flask --app wsgi {' '.join(command)} failed")

    manager = Manager()
    for name, command in parse_procfile(Path("Procfile").read_text()).processes.items():
        manager.add_process(name, command, env=dict(os.environ, PYTHONUNBUFFERED="1"))
    address = f"http://localhost:{settings.port}"
    threading.Thread(target=_announce, args=(address,), daemon=True).start()
    signal.signal(signal.SIGHUP, _hang_up)
    manager.loop()
    stopped_by_hand = manager.returncode in (130, 143)
    sys.exit(0 if stopped_by_hand else manager.returncode)


def _hang_up(_number: int, _frame: object) -> None:
    """The terminal is gone: nothing can be printed any more, everything stops."""
    if multiprocessing.parent_process():
        return  # honcho's own helpers are told by honcho
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.kill(os.getpid(), signal.SIGTERM)


def _announce(address: str) -> None:
    """Print the one address once the server and the worker are ready."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
                if answer.read() == b"ok\n":  # else the worker is yet to come
                    print(f"\n  Cabinet is ready: {address}/demo\n  Ctrl-C stops it.\n", flush=True)
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    print(f"Cabinet is not ready after {PATIENCE} s; see the messages above", flush=True)


if __name__ == "__main__":
    main()
