"""Allows one import or undo at a time: each relies on what the previous one left."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from cabinet.models.database import db, is_sqlite

LOCK = "hashtextextended('billing-import', 0)"  # names PostgreSQL's advisory lock


@contextmanager
def alone(wait: bool = True) -> Iterator[bool]:
    """Hold the lock inside the block; False, and no lock, if another has it and we do not `wait`.

    It goes with the process that holds it, however that ends.
    """
    if is_sqlite():
        with open(f"{db.database}.billing", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True
        return
    taken = db.execute_sql(f"SELECT {'pg_advisory_lock' if wait else 'pg_try_advisory_lock'}({LOCK})")
    if taken.fetchone()[0] is False:
        yield False
        return
    try:
        yield True
    finally:
        if not db.is_closed():
            db.execute_sql(f"SELECT pg_advisory_unlock({LOCK})")
