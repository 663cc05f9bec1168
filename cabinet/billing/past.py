"""Forgets imports of long ago: what is known of them, and what was there before; they stay in billing."""

from datetime import datetime
from typing import Any

from cabinet.billing.sql import execute, run
from cabinet.models.alone import alone
from cabinet.models.database import db, is_sqlite
from cabinet.models.import_batch import BatchPeriod, ImportBatch
from cabinet.models.import_job import ImportJob

PIECE = 500  # rows of one transaction
PAST = "past"  # the state of an import that cannot be taken back any more
OVER = ("done", "failed", "undone")
BEFORE = {"account_before": ("number",), "charge_before": ("period", "account")}


def forget(before: datetime) -> int:
    """Forget imports that ended before the moment, and files that came to nothing; returns how many.

    What is cut short goes on the next time. Nothing is done while an import or an undo is at work.
    """
    if not (_over(before).exists() or _jobs(before).exists()):
        return 0
    with alone("billing", wait=False) as mine:
        return _forget(before) if mine else 0


def _over(before: datetime) -> Any:
    """Whole imports, with all their parts, that no request waits to be compared with."""
    row = ImportBatch
    ended = row.state.in_(OVER) & (row.finished_at < before) & row.matching.is_null()
    return row.select().where(row.part_of.is_null(), ended | (row.state == PAST))


def _jobs(before: datetime) -> Any:
    row = ImportJob
    imported = ImportBatch.select(ImportBatch.job).where(ImportBatch.job.is_null(False))
    return row.select(row.id).where(row.state.in_(OVER), row.finished_at < before, row.id.not_in(imported))


def _forget(before: datetime) -> int:
    gone = 0
    for batch in _over(before).order_by(ImportBatch.id):
        keys = [part.id for part in batch.parts()]
        if not _mark(keys):
            continue
        for table, key in BEFORE.items():
            _empty(table, key, keys)
        with db.atomic():
            BatchPeriod.delete().where(BatchPeriod.batch.in_(keys)).execute()
            ImportBatch.delete().where(ImportBatch.id.in_(keys)).execute()
        gone += 1
    while keys := [row.id for row in _jobs(before).limit(PIECE)]:
        with db.atomic():
            ImportJob.delete().where(ImportJob.id.in_(keys)).execute()
    return gone


def _mark(keys: list[int]) -> bool:
    """Let nobody take it back any more; False where somebody has ordered that this very moment."""
    still = ImportBatch.id.in_(keys) & ImportBatch.state.in_((*OVER, PAST))
    with db.atomic():
        marked = ImportBatch.select().where(still)
        if len(marked if is_sqlite() else marked.for_update()) < len(keys):
            return False
        ImportBatch.update(state=PAST).where(still).execute()
    return True


def _empty(table: str, key: tuple[str, ...], batches: list[int]) -> None:
    """Delete what these wrote down, in the order of its key; rows are looked for outside of transactions."""
    ours = f"batch IN ({', '.join(map(str, batches))})"
    names = ", ".join(key)
    after: dict[str, Any] = {}
    while True:
        rest = f" AND ({names}) >= ({', '.join(f':{name}' for name in key)})" if after else ""
        page = f"SELECT {names} FROM {table} WHERE {ours}{rest} ORDER BY {names} LIMIT {PIECE}"  # noqa: S608
        found = execute(page, **after).fetchall()
        if not found:
            return
        first, after = dict(zip(key, found[0], strict=True)), dict(zip(key, found[-1], strict=True))
        limits = {f"first_{name}": value for name, value in first.items()} | after
        low = ", ".join(f":first_{name}" for name in key)
        high = ", ".join(f":{name}" for name in key)
        within = f"({names}) >= ({low}) AND ({names}) <= ({high})"
        with db.atomic():
            run(f"DELETE FROM {table} WHERE {ours} AND {within}", **limits)  # noqa: S608
