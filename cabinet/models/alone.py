"""Allows one process at a time to do what spans many transactions: an upgrade, an import."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from cabinet.models.database import db, is_sqlite


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
    with db.obj.another_connection() as connection, connection.transaction():
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        take = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
        taken = connection.execute(f"SELECT {take}(hashtextextended(%s, 0))", (what,)).fetchone()
        yield taken[0] is not False
