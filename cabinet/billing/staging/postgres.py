"""Staging in unlogged tables of PostgreSQL, filled by COPY while the file is read."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Any

import peewee
import psycopg

from cabinet.billing.batches import AMOUNTS, TEXTS, Batch
from cabinet.billing.sql import IN_ORDER
from cabinet.billing.staging import repeats
from cabinet.billing.staging.base import Conflict, Places, Staging
from cabinet.billing.staging.copy_text import Chunk, chunks
from cabinet.billing.staging.totals import Reading
from cabinet.models.alone import alone
from cabinet.models.database import db

WORK_MEMORY = "64MB"  # for PostgreSQL's sorts
STATISTICS = 10  # of the keys of staged rows, which are all different: a tenth of the usual sample tells it
SWITCH_INTERVAL = 0.0002  # seconds; with Python's default of 5 ms the servers starve while we read


class PostgresStaging(Staging):
    """Stages rows in unlogged tables, filled by COPY over a separate connection, which drops them at the end.

    Tables of a killed import are dropped by the next one, which waits until the first has ended. Everything
    else is one transaction, whose uncommitted rows block nobody. So the charges of a period that is new to
    the cabinet go straight into their table while the rest of the file is still being read.
    """

    def __enter__(self) -> "PostgresStaging":
        self.inserted: dict[date, bool] = {}  # whether all charges of a period went straight in
        self.services = False
        self.contradictory: list[date] = []  # periods with accounts in several rows
        with ExitStack() as stack:
            if self.part == 0:  # the first part holds the lock for all
                stack.enter_context(alone("billing"))
            self.connection = stack.enter_context(db.obj.another_connection())
            if self.part == 0:
                self._drop()
            self._execute("BEGIN")
            self._execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
            self._execute(f"SET LOCAL default_statistics_target = {STATISTICS}")
            stack.callback(self._leave)
            stack.enter_context(db.atomic())  # which is to see what the other connection commits
            db.execute_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            db.execute_sql(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
            self.opened = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.opened.__exit__(kind, error, traceback)

    def _leave(self) -> None:
        with suppress(psycopg.Error):  # the import is over, and the next one drops what is left
            self.connection.rollback()
            if self.part == 0:  # until it ends, the tables of all parts are in use
                self._drop()

    def _drop(self) -> None:
        """Drop the tables of all parts and of killed imports."""
        names = self._execute(
            r"SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relpersistence = 'u' "
            r"AND relname LIKE 'billing\_import\_%' AND pg_table_is_visible(oid)"
        ).fetchall()
        for (name,) in names:
            self._execute(f"DROP TABLE IF EXISTS {name}")

    def _execute(self, sql: str) -> Any:
        return self.connection.execute(sql)

    def accounts(self, period: date) -> str:
        return f"billing_import_{self.part}_{period:%Y%m}"

    def charges(self, period: date) -> str:
        return f"{self.accounts(period)}_keys"

    def finds(self, query: str) -> bool:
        return self._execute(query).fetchone() is not None

    def make(self, statement: str) -> None:
        settings = f"SET LOCAL work_mem = '{WORK_MEMORY}'; SET LOCAL enable_nestloop = off"
        try:
            self._execute(f"BEGIN; {settings}; {statement}")
            self._execute("COMMIT")  # the server's own would leave the table of who was killed
        except psycopg.Error as error:
            with suppress(psycopg.Error):
                self._execute("ROLLBACK")
            raise peewee.OperationalError(str(error)) from error

    @contextmanager
    def judging(self) -> Iterator[None]:
        with db.atomic() as looks:  # what is rolled back holds no lock
            yield
            looks.rollback()

    def discard(self, period: date) -> None:
        with suppress(psycopg.Error):  # in one transaction of the server's: ours may be leaving meanwhile
            self._execute(f"SET LOCAL lock_timeout = '1ms'; DROP TABLE {self.accounts(period)}")

    def fill(self, batches: Iterable[Batch]) -> None:
        interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL)
        stagers = [_Stager(self._stage)]
        if self.charging and not self.dry_run:
            charges = db.connection()
            stagers.append(_Stager(lambda chunk: self._charge(charges, chunk)))
        try:
            for chunk in chunks(batches):
                if not all(stager.put(chunk) for stager in stagers):
                    break
        finally:
            errors = [error for stager in stagers if (error := stager.end())]
            sys.setswitchinterval(interval)
        if errors:
            raise peewee.DatabaseError(str(errors[0])) from errors[0]
        for period in sorted(self.rows):
            self._order(period)
        self._execute("COMMIT")

    def _stage(self, chunk: Chunk) -> None:
        """Write rows of one period into its staging table."""
        rows = self.accounts(chunk.period)
        if chunk.period not in self.rows:
            self.rows[chunk.period] = Places()
            self.services = chunk.services
            names = (*TEXTS, "service") if chunk.services else TEXTS
            texts = ", ".join(f"{name} TEXT NOT NULL DEFAULT ''" for name in names)
            amounts = ", ".join(f"{name} BIGINT" for name in AMOUNTS)
            self._execute(
                f'CREATE UNLOGGED TABLE {rows} (number TEXT COLLATE "C", printed TEXT, {texts}, {amounts})'
            )
        for lines in chunk.lines:
            self.rows[chunk.period].add(lines)
        _copy(self.connection, f"COPY {rows} ({chunk.columns}) FROM STDIN (FREEZE)", chunk.text)

    def _charge(self, connection: Any, chunk: Chunk) -> None:
        """Write charges straight in while their period is new to the cabinet and no account is repeated."""
        period = chunk.period
        if period not in self.inserted:
            first = f"SELECT 1 FROM charge WHERE period = %s {IN_ORDER} LIMIT 1"
            self.inserted[period] = not connection.execute(first, (period,)).fetchone()
        if not self.inserted[period]:
            return
        try:
            with connection.transaction():
                _copy(connection, f"COPY charge ({chunk.charge_columns}) FROM STDIN", chunk.charges)
        except psycopg.errors.UniqueViolation:  # repeats are settled once all rows are known
            self.inserted[period] = False
            connection.execute("DELETE FROM charge WHERE period = %s", (period,))

    def _order(self, period: date) -> None:
        """Settle repeats and make the table of charges, unless all charges went straight in."""
        rows, keys, amounts = self.accounts(period), self.charges(period), ", ".join(AMOUNTS)
        counts = {"conflicts": 0, "repeated": 0, "summed": 0}
        if self.inserted.get(period):
            self.merged.add(period)
        else:
            if self._execute(repeats.exist(rows)).fetchone():
                counts |= self._settle(period)
            self._execute(
                f"CREATE UNLOGGED TABLE {keys} AS SELECT number, {amounts} FROM {rows} ORDER BY number"
            )
            self._execute(f"ANALYZE {keys} (number)")
        self._settled(period, **counts)
        self._execute(f"ANALYZE {rows} (number)")

    def _settle(self, period: date) -> dict[str, int]:
        self.contradictory.append(period)
        statements = repeats.settle(self.accounts(period), repeats.POSTGRES, self.services)
        done = [
            (what, self._execute(statement.replace("CREATE TABLE", "CREATE UNLOGGED TABLE")).rowcount)
            for what, statement in statements
        ]
        return {what: rows for what, rows in done if what}

    def conflicts(self) -> Iterator[Conflict]:
        for period in self.contradictory:
            table, places = repeats.conflicts_of(self.accounts(period)), self.rows[period]
            with self.connection.transaction(), self.connection.cursor("conflicts") as cursor:
                for place, number, kind in cursor.execute(f"SELECT place, number, kind FROM {table}"):
                    yield Conflict(places.line(place), number, kind)

    def readings(self) -> Iterator[Reading]:
        for period in self.contradictory if self.services else ():
            found = self._execute(f"SELECT * FROM {repeats.reading_of(self.accounts(period))}")
            for accounts, once, asked, halves in found.fetchall():
                yield Reading(int(accounts or 0), bool(once), bool(asked), int(halves))


class _Stager:
    """A thread that writes chunks while the next ones are read; after an error it discards them."""

    def __init__(self, write: Callable[[Chunk], None]) -> None:
        self.write = write
        self.error: Exception | None = None
        self.queue = Queue[Chunk | None](2)
        self.thread = Thread(target=self._run, name="billing-import", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while chunk := self.queue.get():
            try:
                if not self.error:
                    self.write(chunk)
            except Exception as error:
                self.error = error

    def put(self, chunk: Chunk) -> bool:
        """Hand over a chunk; False if writing has failed."""
        self.queue.put(chunk)
        return not self.error

    def end(self) -> Exception | None:
        """Wait until everything is written; returns the error, if any."""
        self.queue.put(None)
        self.thread.join()
        return self.error


def _copy(connection: Any, statement: str, text: bytes) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text)
