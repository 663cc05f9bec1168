"""The lock that spans many transactions."""

import threading
from concurrent.futures import ThreadPoolExecutor

import peewee
import pytest

from cabinet.models import alone
from cabinet.models.database import db
from tests.databases import DATABASES
from tests.waiting import PATIENCE

IN_TRANSACTION = """
    SELECT count(*) FROM pg_stat_activity
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
