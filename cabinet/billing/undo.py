"""Takes an import back: accounts, charges and texts are as if it had never happened.

What later imports changed stays theirs. It goes in pieces, each a transaction of its own, so that on SQLite
no resident waits for long; whoever comes next finishes what was cut short.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from peewee import IntegrityError, fn

from cabinet.billing.journal import ACCOUNTS, CHARGES
from cabinet.billing.pace import Pace, tidying
from cabinet.billing.pieces import Piece, Walk
from cabinet.billing.sql import execute, literal
from cabinet.billing.words import outdate_of
from cabinet.models.account import Account
from cabinet.models.alone import alone
from cabinet.models.audit import Audit
from cabinet.models.billing_period import BillingPeriod
from cabinet.models.database import connected, db, is_sqlite
from cabinet.models.import_batch import BatchPeriod, ImportBatch
from cabinet.models.request import OPEN_STATES, ConnectionRequest
from cabinet.models.request_note import RequestNote

PIECE = {True: 50_000, False: 20_000}  # rows of a transaction, on SQLite at most and on PostgreSQL
WORKERS = 3  # connections to PostgreSQL
TRIES = 5  # of a piece: a resident may link an account at the very moment when it is to go

Progress = Callable[[int], None]


def take_back(batch: ImportBatch, progress: Progress = lambda rows: None) -> None:
    """Undo an import that is "undoing", or cut short; from where a former try has come to.

    `progress` gets the number of rows taken back so far.
    """
    with alone("billing"):
        mine = {part.id for part in batch.parts()}
        for part in ImportBatch.unfinished():
            if part.id in mine:
                _take_back(part, progress)
            elif part.state == "running":  # cut short: what it has changed must not pass for its own
                _take_back(part)


def finish_unfinished(wait: bool = True) -> bool:
    """Undo what was ordered to be, and imports whose process died; False if there was nothing to do.

    Unless it may `wait`, also when an import is at work just now.
    """
    if not ImportBatch.unfinished():
        return False
    with alone("billing", wait) as mine:
        return mine and finish_alone()


def finish_alone() -> bool:
    """As `finish_unfinished`, for who is `alone` already: what is unfinished now was cut short."""
    batches = ImportBatch.unfinished()
    for batch in batches:
        _take_back(batch)
    return bool(batches)


def _take_back(batch: ImportBatch, progress: Progress = lambda rows: None) -> None:
    """Take back one part of an import; its first part is the last one."""
    periods = BatchPeriod.of([batch.id])
    months = [period.period for period in periods]
    with db.atomic():
        hidden = [period.period for period in periods if period.fresh]
        BillingPeriod.update({BillingPeriod.whole: False}).where(BillingPeriod.period.in_(hidden)).execute()
    if not is_sqlite():
        for journal in (CHARGES, ACCOUNTS):
            db.execute_sql(f"ANALYZE {journal.before}")
    for period in periods:
        walk = Walk(CHARGES, batch.id, (), period.period)
        counted = batch.state == "undoing" or period.new_charges > 0  # else it was cut short
        _go(walk, batch, period.fresh, progress, counted)
    over = ImportBatch.select(ImportBatch.id).where(ImportBatch.state.in_(("undone", "failed")))
    undone, held = tuple(row.id for row in over), _held()
    if batch.fresh:
        _go(Walk(ACCOUNTS, batch.id, (), held=held), batch, True, progress)
    _go(Walk(ACCOUNTS, batch.id, undone, held=held), batch, False, progress)
    with db.atomic():
        BillingPeriod.settle(months)
        _release_requests()
        batch.close("undone" if batch.state == "undoing" else "failed")
        if batch.part_of is None:
            _tell(batch)


def _tell(batch: ImportBatch) -> None:
    """Record that an import is taken back, all of it."""
    months = [f"{month.period:%Y-%m}" for month in batch.periods()]
    counts: dict[str, Any] = {"import": batch.id, "rows": _taken_back(batch), "periods": months}
    who = batch.undone_by or "system"
    Audit.record(f"billing-import-{batch.state}", who, batch.job or str(batch.id), file=batch.name, **counts)


def _taken_back(batch: ImportBatch) -> int:
    """How many rows of the import are taken back so far, of all its parts."""
    return int(ImportBatch.get_by_id(batch.whole).taken_back)


def _go(walk: Walk, batch: ImportBatch, fresh: bool, progress: Progress, counted: bool = False) -> None:
    """Walk all the way; on PostgreSQL with several at work, for it checks each account's links one by one.

    `counted`: the month's number of accounts knows of the charges.
    """
    size, pace = batch.size(), Pace(PIECE[is_sqlite()])
    pieces = walk.pieces(pace, fresh)
    done = _taken_back(batch)

    def do(piece: Piece) -> int:
        return _do(piece, fresh, batch, size, counted, pace)

    with tidying(), ThreadPoolExecutor(WORKERS, "billing-undo") as workers:
        try:
            for rows in map(do, pieces) if is_sqlite() else workers.map(do, pieces):
                done += rows
                progress(done)
        except BaseException:
            workers.shutdown(cancel_futures=True)
            raise


def _do(piece: Piece, fresh: bool, batch: ImportBatch, size: int, counted: bool, pace: Pace) -> int:
    """Take back a piece, all or nothing, and count it; returns how many rows it was."""
    with connected():
        for tries_left in reversed(range(TRIES)):
            try:
                with pace.turn():
                    if piece.journal is ACCOUNTS and not fresh:
                        outdate_of(f"{piece.before} AS mine WHERE {piece.within('mine')}", **piece.values)
                    piece.take_back(fresh)
                    batch.advance(piece.rows, size)
                    if counted:
                        BillingPeriod.shrink(piece.walk.period, piece.gone)
                break
            except IntegrityError:
                if not tries_left:
                    raise
    return piece.rows


def _held() -> tuple[tuple[str, str, str], ...]:
    """What makes an account stay: a resident who has it or is about to, or charges for it."""
    links = tuple((table, "account_id", "TRUE") for table in ("account_link", "registration"))
    months = ", ".join(map(literal, _months()))
    return (*links, ("charge", "account", f"held.period IN ({months})")) if months else links


def _months() -> Iterator[date]:
    """All months with charges, newest first: one look for each."""
    found = execute("SELECT MAX(period) FROM charge").fetchone()[0]
    while found:
        month = date.fromisoformat(found) if isinstance(found, str) else found
        yield month
        found = execute("SELECT MAX(period) FROM charge WHERE period < :period", period=month).fetchone()[0]


def _release_requests() -> None:
    """Open requests whose account has gone wait for it again."""
    matched = ConnectionRequest.matched_account
    gone = ~fn.EXISTS(Account.select().where(Account.number == matched))
    waiting = ConnectionRequest.state.in_(OPEN_STATES)
    text = "Загрузка отменена: найденного лицевого счёта в системе больше нет"
    for request in ConnectionRequest.select().where(waiting, matched.is_null(False), gone):
        changes: dict[Any, Any] = {"matched_account": None}
        ConnectionRequest.update(**changes).where(ConnectionRequest.id == request.id).execute()
        RequestNote.create(request=request.id, kind="note", text=text)
