"""The lock that spans many transactions."""

import threading
from concurrent.futures import ThreadPoolExecutor

import peewee
import pytest

from cabinet.models import alone
from cabinet.models.database import db
from tests.databases import DATABASES
from tests.models.locked import another_process
from tests.waiting import PATIENCE

IN_TRANSACTION = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'idle in transaction'
"""

OLDEST = """
    SELECT backend_xid::text, backend_xmin::text FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'idle in transaction'
"""


@pytest.mark.parametrize("database_url", DATABASES[1:], indirect=True)
def test_whoever_waits_for_the_lock_is_in_no_transaction_meanwhile(
    database: peewee.DatabaseProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    # whose end the making of an index would wait for, while the lock waits for the index
    waits, seen = threading.Event(), []

    def look(_seconds: float) -> None:
        seen.append(db.execute_sql(IN_TRANSACTION).fetchone()[0])
        waits.set()

    def enter() -> bool:
        with db.connection_context(), alone.alone("upgrade") as taken:
            return taken

    monkeypatch.setattr(alone, "sleep", look)
    with ThreadPoolExecutor(1) as thread:
        with alone.alone("upgrade") as taken:
            assert taken
            entering = thread.submit(enter)
            assert waits.wait(PATIENCE), entering.result()
        assert entering.result(PATIENCE)
    assert seen[0] == 1, "the holder's alone"


@pytest.mark.parametrize("database_url", DATABASES[1:], indirect=True)
@pytest.mark.parametrize("engine_has_advisory_locks", [True, False])
def test_others_are_kept_out_whether_or_not_the_engine_has_advisory_locks(
    database: peewee.DatabaseProxy, monkeypatch: pytest.MonkeyPatch, engine_has_advisory_locks: bool
) -> None:
    if not engine_has_advisory_locks:
        monkeypatch.setattr(alone, "ADVISORY", "SELECT %s::text IS NOT NULL")
        monkeypatch.setattr(alone, "HELD", "SELECT 0")
    with alone.alone("billing") as mine, alone.alone("billing", wait=False) as also:
        assert mine and not also
        with alone.alone("matching", wait=False) as other:
            assert other
    with alone.alone("billing", wait=False) as mine:
        assert mine


@pytest.mark.parametrize("database_url", DATABASES[1:], indirect=True)
@pytest.mark.parametrize("what", ["upgrade", "billing", "matching"])
@pytest.mark.parametrize("level", ["read committed", "serializable"])
def test_whoever_holds_the_lock_for_hours_keeps_no_old_rows(
    database: peewee.DatabaseProxy, database_url: str, what: str, level: str
) -> None:
    # nor would the making of an index ever end, within the lock of an upgrade
    [name] = db.execute_sql("SELECT quote_ident(current_database())").fetchone()
    db.execute_sql(f"ALTER DATABASE {name} SET default_transaction_isolation = '{level}'")
    try:
        with alone.alone(what), another_process(database_url) as other:
            old = other.connection.execute(OLDEST).fetchall()
    finally:
        db.execute_sql(f"ALTER DATABASE {name} RESET default_transaction_isolation")
    assert old == [(None, None)]


@pytest.mark.parametrize("database_url", DATABASES[1:], indirect=True)
def test_the_version_before_is_kept_out_and_keeps_us_out(
    database: peewee.DatabaseProxy, database_url: str
) -> None:
    with another_process(database_url) as before, before.connection.transaction():
        assert before.connection.execute(alone.ADVISORY, ["billing"]).fetchone() == (True,)
        with alone.alone("billing", wait=False) as mine:
            assert not mine
    with alone.alone("billing"), another_process(database_url) as before, before.connection.transaction():
        assert before.connection.execute(alone.ADVISORY, ["billing"]).fetchone() == (False,)
