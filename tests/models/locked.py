"""Locks of names as another process has them, and who waits for them."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests import postgres_server

WAITING = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted"
TAKE = "SELECT id FROM lock_row WHERE id = ANY(%s) ORDER BY id FOR UPDATE NOWAIT"


class Another:
    """Another process; its session is its own, whatever pooler stands between."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def waiting(self) -> int:
        """How many sessions wait for a lock."""
        row = self.connection.execute(WAITING).fetchone()
        assert row
        return int(row[0])

    @contextmanager
    def holding(self, *rows: int) -> Iterator[None]:
        """Have the locks of these rows meanwhile. Raises psycopg.errors.LockNotAvailable."""
        with self.connection.transaction():
            assert len(self.connection.execute(TAKE, [list(rows)]).fetchall()) == len(rows)
            yield


@contextmanager
def another_process(database_url: str) -> Iterator[Another]:
    """One that is connected to the database."""
    with psycopg.connect(postgres_server.direct(database_url), autocommit=True) as connection:
        yield Another(connection)
