"""PostgreSQL that fails at a chosen statement, as it does of itself: the errors are the server's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import peewee
import psycopg
import pytest

from cabinet.models.database import db
from tests.postgres_server import direct


class Saboteur:
    """Fails, where it is at work, the statement `number`, counted from 1; `struck`: that has happened."""

    def __init__(self, url: str, kind: str, number: int) -> None:
        self.url, self.kind, self.number = direct(url), kind, number
        self.awake = self.struck = False
        self.asked = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Count from here on, and fail one."""
        self.awake, self.struck, self.asked = True, False, 0
        try:
            yield
        finally:
            self.awake = False

    def before(self) -> None:
        """A statement is about to be asked."""
        self.asked += self.awake
        if self.awake and self.asked == self.number and not self.struck:
            self.struck = True
            self.strike()

    def strike(self) -> None:
        """Fail the connection that this thread has ("terminated"), or its transaction, by a SQLSTATE."""
        if self.kind == "terminated":
            terminate(self.url, _own_pid())
            return
        if db.in_transaction():
            db.execute_sql(f"DO $$ BEGIN RAISE EXCEPTION 'of others' USING ERRCODE = '{self.kind}'; END $$")


def _own_pid() -> int:
    return int(db.cursor().execute("SELECT pg_backend_pid()").fetchone()[0])


def terminate(url: str, pid: int) -> None:
    """End a session of the server, and wait until it has ended."""
    with psycopg.connect(direct(url), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])


@contextmanager
def sabotage(url: str, kind: str, number: int) -> Iterator[Saboteur]:
    """Have a saboteur at the database of the models."""
    saboteur = Saboteur(url, kind, number)
    ask = db.obj.execute_sql

    def sabotaged(sql: str, params: Any = None) -> Any:
        saboteur.before()
        return ask(sql, params)

    db.obj.execute_sql = sabotaged
    try:
        yield saboteur
    finally:
        del db.obj.execute_sql


def lost_commits(monkeypatch: pytest.MonkeyPatch, url: str, *, done: bool, number: int = 1) -> list[int]:
    """Lose the answer to a commit, counted from 1, with the commit `done` or not; returns those tried."""
    commits: list[int] = []
    commit = peewee.PostgresqlDatabase.commit

    def lost(database: Any) -> None:
        commits.append(len(commits) + 1)
        if commits[-1] != number:
            commit(database)
            return
        pid = _own_pid()
        if done:
            commit(database)
        terminate(url, pid)
        database._state.conn.close()
        raise peewee.OperationalError(psycopg.OperationalError("server closed the connection unexpectedly"))

    monkeypatch.setattr(peewee.PostgresqlDatabase, "commit", lost)
    return commits
