"""Migrations: numbered files in `migrations/`, each applied once, in order, in a separate transaction."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from playhouse.migrations import Runner

from cabinet.models.database import db, is_sqlite
from config import ROOT

FOLDER = ROOT / "migrations"
LOCK = 0x0CAB1E7  # names the advisory lock that upgrades take on PostgreSQL


def upgrade() -> list[str]:
    """Apply what is missing and return the names applied. The connection must be open."""
    with _alone():
        return list(_runner().up())


def status() -> list[tuple[str, bool]]:
    """Every migration by name, and whether it is applied. The connection must be open."""
    return [(row.name, row.applied is not None) for row in _runner().status()]


def _runner() -> Runner:
    return Runner(db.obj, str(FOLDER))


@contextmanager
def _alone() -> Iterator[None]:
    """One upgrade at a time; the others wait and then find nothing to do."""
    if is_sqlite():
        with open(f"{db.database}.upgrade", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    db.execute_sql("SELECT pg_advisory_lock(%s)", (LOCK,))
    try:
        yield
    finally:
        db.execute_sql("SELECT pg_advisory_unlock(%s)", (LOCK,))
