"""Allows one process at a time to do what spans many transactions: an upgrade, an import."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

from cabinet.models.database import db, is_sqlite
from cabinet.models.locks import OWN, TRY, row_of

LOOK_EVERY = 0.2  # seconds
HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
ADVISORY = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


@contextmanager
def alone(what: str, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of this name in the block; False, and no lock, if another has it and we do not `wait`.

    It goes with the process that holds it, however that ends. On PostgreSQL a transaction on a connection of
    its own holds it: a session may belong to a pooler, which gives the next statement to another one.
    """
    if is_sqlite():
        with open(f"{db.database}.{what}", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True
        return
    with db.obj.another_connection() as connection:
        while True:
            with connection.transaction():
                if (taken := _taken(connection, what)) or not wait:
                    yield taken
                    return
            sleep(LOOK_EVERY)


def _taken(connection: Any, what: str) -> bool:
    """Whether the lock is taken now; no statement waits for it, and no transaction that has not got it.

    Making an index concurrently waits for the end of all transactions that looked at anything as it began:
    of those that wait for the lock, too. The one that has it looks at nothing more; were it serializable, as
    the database may have it by default, it would see to its end what it saw first.

    A row keeps others out where the engine only pretends to have advisory locks. PostgreSQL has them, and no
    row is locked: that gives a transaction a number, and no VACUUM forgets what is younger until it ends.
    """
    connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    (taken,) = connection.execute(ADVISORY, (what,)).fetchone()
    if taken and what in OWN and not connection.execute(HELD).fetchone()[0]:
        row = (row_of(what),)
        connection.execute("INSERT INTO lock_row (id) VALUES (%s) ON CONFLICT DO NOTHING", row)
        free = connection.execute(TRY, row)
        taken = free.fetchone() is not None
    connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    return bool(taken)
