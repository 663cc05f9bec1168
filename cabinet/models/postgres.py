"""PostgreSQL through a pool that no server can hang: what takes too long is given up with its connection."""

import threading
import time
from collections import deque
from contextlib import suppress
from typing import Any, cast

import peewee
import psycopg
from psycopg.pq import TransactionStatus

from cabinet.models.connections import (
    NoConnectionError,
    WhenAsked,
    count_commit,
    expect_transaction,
    patience,
    renew_in_children,
    wrap_exceptions,
)
from cabinet.models.failures import (
    AWAY,
    UNDEFINED,
    OldSchemaError,
    UnknownOutcomeError,
    is_full,
    of_connection,
    passing,
    sqlstate,
)
from cabinet.models.postgres_connection import Adapter, Connection

IDLE_LIFE = 300  # seconds that a connection is kept for the next request
POOL_PATIENCE = 5  # seconds that commands and the worker wait for a connection
LOOK_EVERY = 0.05  # seconds, where the server has no place for one more

Base: Any = peewee.PostgresqlDatabase  # what we use of it is not in its types

# libpq's parameters, unless DATABASE_URL has its own; seconds, and milliseconds for the last
DEAD_NETWORKS = {
    "connect_timeout": 2,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}

READ_ONLY = "25006"  # the server is a standby, since another took over

# what a commit may fail by that has certainly written nothing: conflicts with others, broken constraints
UNDONE = ("40001", "40P01", "23", "25P02")


class PostgresDatabase(WhenAsked, Base):  # type: ignore[misc]
    """PostgreSQL by psycopg 3; a write outside of a transaction raises.

    Not playhouse's pool: that one connects under its lock, so that a server that hangs stops all threads.
    """

    psycopg3_adapter = Adapter

    def __init__(self, url: str, connections: int) -> None:
        self.most = connections
        self.renew()
        renew_in_children(self)
        super().__init__(url, prefer_psycopg3=True, **DEAD_NETWORKS)

    def renew(self) -> None:
        """Have connections of its own; psycopg leaves a parent's alone when they are forgotten."""
        self.slots = threading.BoundedSemaphore(self.most)
        self.idle: deque[tuple[float, Connection]] = deque()  # since when, in order of their return

    def connect(self, reuse_if_open: bool = False) -> bool:
        """A connection for this thread. Raises NoConnectionError, or peewee.OperationalError."""
        if not self._state.closed:
            if reuse_if_open:
                return False
            raise peewee.OperationalError("Connection already opened.")
        self._state.reset()
        until = time.monotonic() + (patience() or POOL_PATIENCE)
        if not self.slots.acquire(timeout=patience() or POOL_PATIENCE):
            raise NoConnectionError("all connections are in use")
        try:
            connection = self._opened(until)
            with wrap_exceptions:
                if self.server_version is None:
                    self._set_server_version(connection)
        except BaseException:
            self.slots.release()
            raise
        self._state.set_connection(connection)
        return True

    @property
    def used(self) -> int:
        """How many connections threads have now."""
        return self.most - self.slots._value

    def another_connection(self) -> Connection:
        """One that is not of the pool, to be closed by who asked. Raises peewee.OperationalError."""
        with wrap_exceptions:
            return cast(Connection, self._connect())

    def _opened(self, until: float) -> Connection:
        """A kept or a new one; where others have all that the server has, the next that comes free."""
        while not (kept := self._kept()):
            try:
                return self.another_connection()
            except peewee.OperationalError as error:
                if not is_full(error):
                    raise
            if time.monotonic() + LOOK_EVERY > until:
                raise NoConnectionError("the server has no connection to spare")
            time.sleep(LOOK_EVERY)
        return kept

    def _kept(self) -> Connection | None:
        with suppress(IndexError):
            while True:
                since, connection = self.idle.pop()
                if time.monotonic() - since < IDLE_LIFE and not connection.dropped:
                    return connection
                connection.close()
        return None

    def _close(self, connection: Connection) -> None:
        try:
            if connection.info.transaction_status == TransactionStatus.IDLE:
                self.idle.append((time.monotonic(), connection))
                if time.monotonic() - self.idle[0][0] > IDLE_LIFE:
                    self.idle.popleft()[1].close()
            else:
                connection.close()
                self.close_idle()  # if one is lost, so are the others, perhaps: none is worth the wait
        finally:
            self.slots.release()

    def close_idle(self) -> None:
        """Close the connections that nobody uses."""
        with suppress(IndexError):
            while True:
                self.idle.pop()[1].close()

    def reconnect(self) -> None:
        """Have another connection than this thread's, and drop all that nobody uses: they are no better."""
        contexts = list(self._state.ctx)
        if not self._state.closed:
            self._state.conn.close()
            self.close()
        self.close_idle()
        if not self.autoconnect:
            self.connect()
        self._state.ctx = contexts

    def commit(self) -> None:
        """Raises UnknownOutcomeError where the answer was lost."""
        if self._state.conn.dropped:
            raise peewee.OperationalError(psycopg.OperationalError("the server ended it before the commit"))
        count_commit()
        try:
            super().commit()
        except peewee.DatabaseError as error:
            if sqlstate(error).startswith(UNDONE):
                raise
            raise UnknownOutcomeError(error.__cause__ or error) from error

    def rollback(self) -> None:
        self._clear_commit_callbacks()  # even where it fails
        if not self._state.closed and self._state.conn.closed:
            return  # with its connection; what closed it is the error to be told
        super().rollback()

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Ask; twice where one that only reads, by itself, failed in passing."""
        expect_transaction(sql, self)
        try:
            return self._ask(sql, params)
        except AWAY as error:
            if self.in_transaction() or not passing(error):
                raise
            if of_connection(error):
                self.reconnect()
        return self._ask(sql, params)

    def _ask(self, sql: str, params: Any) -> Any:
        try:
            return super().execute_sql(sql, params)
        except peewee.ProgrammingError as error:
            if sqlstate(error) in UNDEFINED:
                raise OldSchemaError(*error.args) from error
            raise
        except peewee.InternalError as error:
            if sqlstate(error) == READ_ONLY:
                raise peewee.OperationalError(psycopg.errors.ReadOnlySqlTransaction(*error.args)) from error
            raise
