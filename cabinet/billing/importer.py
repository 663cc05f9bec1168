"""Brings a billing file into the database: streamed into staging tables, then merged, a period at a time.

SQLite's other writers wait for a few of its accounts to be merged, in turns with them, and not for the
reading of the file. Importing the same file again changes nothing. An import can be taken back:
`cabinet.billing.undo`.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import peewee

from cabinet.billing import doubts, plausibility, promises
from cabinet.billing.answers import Answers
from cabinet.billing.batches import Reject
from cabinet.billing.incomplete import Incomplete
from cabinet.billing.layout import Layout
from cabinet.billing.matching import match_imported
from cabinet.billing.merge import Merge
from cabinet.billing.pace import tidying
from cabinet.billing.readers.base import Reader
from cabinet.billing.readers.several import SeveralReader
from cabinet.billing.recognition import open_files
from cabinet.billing.rejects import Rejects
from cabinet.billing.report import Report
from cabinet.billing.source import Source, nobody
from cabinet.billing.staging.base import Staging
from cabinet.billing.staging.repeats import CONFLICTS, NO_LINE
from cabinet.billing.staging.sqlite import SqliteStaging
from cabinet.billing.tally import Tally
from cabinet.billing.undo import finish_alone, finish_unfinished
from cabinet.models.alone import alone
from cabinet.models.billing_period import BillingPeriod
from cabinet.models.database import db, is_sqlite
from cabinet.models.import_batch import ImportBatch
from cabinet.telemetry import crashes

if TYPE_CHECKING:
    from cabinet.billing.staging.postgres import PostgresStaging

log = logging.getLogger(__name__)

AT_ONCE = 2000  # rows that SQLite merges in one transaction


@dataclass(frozen=True)
class Part:
    """What is brought by one import in one go, staged: lists of accounts, or what is charged."""

    layout: Layout
    staging: Staging


def import_billing(
    files: Path | Sequence[Path],
    dry_run: bool = False,
    max_rejects: float = 5.0,
    progress: Callable[[int], None] = lambda done: None,
    on_reject: Callable[[Reject], None] = lambda reject: None,
    actor: str = "system",
    job: str | None = None,
    answers: Answers = Answers(),
    name: str = "",
    on_done: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Import a file of accounts and charges, or several of one month, or what is in a ZIP; in any order.

    More than `max_rejects` per cent of rejected rows, and nothing is imported: it is a wrong file. The same
    if there are warnings that `answers` do not accept. `progress` gets bytes read so far and must not use
    this thread's connection. Of an account repeated within a period equal rows are one, rows of services are
    summed, and others are rejected. Names and addresses are those of the newest period; older ones only add
    accounts that are missing. What the file has no column for stays as it is. A dry run only reads the
    database and reports what an import would do. It is all or nothing. `actor` and `job` are told to who may
    want to take it back. `name` is the one that the file had where it came from. `on_done` is called in the
    transaction that completes the import.

    Raises NeedsAnswerError for a file that lacks what only staff know, UnreadableFileError for one that
    cannot be an export, OSError, and the database's errors.
    """
    if not dry_run:
        finish_unfinished()
    paths = [files] if isinstance(files, Path) else files
    name = name or ", ".join(path.name for path in paths)
    rejects = Rejects(on_reject)
    sources = [
        Source(path, name if len(paths) == 1 else path.name, answers, progress, rejects.add) for path in paths
    ]
    batch = ImportBatch(actor=actor, job=job, name=name[-255:])
    with open_files(sources) as readers:
        report = Report(dry_run, readers[-1].layout, Tally())
        try:
            with ExitStack() as stack:
                parts = _staged(readers, stack, report, max_rejects, rejects)
                _ask(report, answers)
                if dry_run:
                    _foretell(parts, report)
                elif parts := [part for part in parts if part.staging.periods]:
                    _merge(batch, parts, report, on_done)
        except _RefusedError as error:
            report.refused = str(error)
    if report.periods and not dry_run:
        report.matched_requests = _matched()
    return report


def _matched() -> int:
    """How many requests were matched. If that fails the import is in all the same, and the worker goes on."""
    try:
        return match_imported()
    except Exception as error:
        log.error("matching of requests: %s", type(error).__name__)
        crashes.tell(error, "matching")
        return 0


def _staged(
    readers: list[Reader], stack: ExitStack, report: Report, max_rejects: float, rejects: Rejects
) -> list[Part]:
    """All that the readers read, as long as the stack lasts; judged before any of it is merged."""
    parts: list[Part] = []
    for reader in readers:
        rejects.locate = reader.locate if isinstance(reader, SeveralReader) else None
        charging = reader.layout.has_amounts
        staging = _kind_of_staging()(report.dry_run, charging, len(parts))
        stack.enter_context(staging)
        try:
            _fill(staging, reader, report, rejects)
        finally:
            report.tally.add(reader.tally)
            report.rejects, report.reasons = rejects.kept, rejects.reasons
        _fence(reader.tally, max_rejects)
        if charging:
            with staging.judging():
                report.months = plausibility.check(staging, reader.layout)
        else:
            report.listed += plausibility.listed(staging, reader.layout)
        report.warnings += [*reader.layout.warnings, *doubts.carried(reader.tally)]
        report.warnings += doubts.unnamed(reader.layout, reader.tally, staging)
        asked = doubts.doubtful(staging.readings(), max(staging.periods.values(), default=0))
        report.warnings += promises.judged(reader.tally, report.months, asked)
        report.warnings += promises.totals(reader.tally, report.months)
        report.warnings += plausibility.warnings(report.months)
        parts.append(Part(reader.layout, staging))
    return parts


def _foretell(parts: list[Part], report: Report) -> None:
    """Report what `_merge` would do."""
    for part in parts:
        merge = Merge(part.layout, part.staging)
        report.add([merge.foretell(period) for period in merge.order])


def _merge(batch: ImportBatch, parts: list[Part], report: Report, on_done: Callable[[Report], None]) -> None:
    """Merge all periods of all parts or none.

    PostgreSQL holds the whole file in a transaction, which is in nobody's way, and so does SQLite with a
    small one. Of a large one it merges some accounts in each transaction, and takes them back if one fails;
    should the process die, whoever comes next does.
    """
    with alone("billing") if is_sqlite() else nullcontext(), tidying():  # staging in PostgreSQL has the lock
        if is_sqlite():
            finish_alone()
        elif any(
            other.taken_back for other in ImportBatch.unfinished()
        ):  # its rows and ours would be mixed up
            raise peewee.OperationalError("an import is being taken back")
        small = not is_sqlite() or sum(sum(part.staging.periods.values()) for part in parts) <= AT_ONCE
        with db.atomic() if small else nullcontext():
            batches = _begin(batch, len(parts))
            try:
                merged = []
                for each, part in zip(batches, parts, strict=True):
                    merge = Merge(part.layout, part.staging)
                    merged.append((merge, each, [merge.run(each, period) for period in merge.order]))
                with db.atomic():
                    for merge, each, months in merged:
                        merge.close(each, months)
                        report.add(months)
                    BillingPeriod.settle([month.period for month in report.periods])
                    batch.complete()
                    report.batch = batch.id
                    on_done(report)
            except BaseException:
                if not small:
                    finish_alone()
                raise


def _begin(batch: ImportBatch, parts: int) -> list[ImportBatch]:
    """The import as it is kept: a row for each part, the first one for the whole."""
    with db.atomic():
        batch.save(force_insert=True)
        told = {"actor": batch.actor, "job": batch.job, "name": batch.name}
        return [batch, *(ImportBatch.create(part_of=batch.id, **told) for _ in range(parts - 1))]


class _RefusedError(Exception):
    """Nothing of the file is imported; takes back what PostgreSQL has of it."""


def _kind_of_staging() -> "type[SqliteStaging] | type[PostgresStaging]":
    if is_sqlite():
        return SqliteStaging
    from cabinet.billing.staging.postgres import PostgresStaging  # its driver takes memory

    return PostgresStaging


def _fill(staging: Staging, reader: Reader, report: Report, rejects: Rejects) -> None:
    """Stage the rows of a file, and move those that repeat or contradict others in its tally."""
    if reader.layout.per_service:
        incomplete = Incomplete(reader.layout.has("service"))
        rejects.watch = incomplete.note
        staging.fill(incomplete.watched(reader))
        report.warnings += incomplete.warnings(sum(staging.periods.values()))
    else:
        staging.fill(reader)
    rejects.watch = nobody
    tally = reader.tally
    for conflict in staging.conflicts():
        if conflict.line == NO_LINE:
            continue
        tally.accepted -= 1
        tally.rejected += 1
        rejects.add(Reject(conflict.line, conflict.number, CONFLICTS[conflict.kind]))
    tally.accepted -= staging.repeated
    tally.repeated += staging.repeated
    report.summed += staging.summed


def _fence(tally: Tally, max_rejects: float) -> None:
    """Raises _RefusedError if too much of a file is rejected, UnreadableFileError if it was cut off."""
    promises.refuse_cut(tally)
    total = tally.accepted + tally.rejected + tally.repeated
    if tally.rejected * 100 > max_rejects * total:
        raise _RefusedError(f"Отклонено {tally.rejected} строк из {total}: больше {max_rejects:g} %.")


def _ask(report: Report, answers: Answers) -> None:
    """Raises _RefusedError if there are warnings that nobody accepted; a dry run goes on."""
    report.unanswered = [warning for warning in report.warnings if warning.code not in answers.accept]
    if report.unanswered and not report.dry_run:
        told = " ".join(f"{warning.sentence} ({warning.code})" for warning in report.unanswered)
        raise _RefusedError(f"Нужно подтверждение. {told}")
