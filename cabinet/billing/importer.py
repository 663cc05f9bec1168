"""Brings a billing file into the database: streamed into staging tables, then merged, a period at a time.

A merge is one transaction in the order of the keys: a failed one changes nothing, and SQLite's other writers
wait for the merge only, not for the reading of the file. Importing the same file again changes nothing.
"""

from collections.abc import Callable
from pathlib import Path

from cabinet.billing.batches import Reject
from cabinet.billing.merge import Merge
from cabinet.billing.readers.delimited import DelimitedReader
from cabinet.billing.report import Report
from cabinet.billing.staging.postgres import PostgresStaging
from cabinet.billing.staging.sqlite import SqliteStaging
from cabinet.models.database import is_sqlite
from cabinet.models.matching import match_requests

KEPT_REJECTS = 1000  # rejects that a report keeps; all are counted


def import_billing(
    path: Path,
    dry_run: bool = False,
    max_rejects: float = 5.0,
    progress: Callable[[int], None] = lambda done: None,
    on_reject: Callable[[Reject], None] = lambda reject: None,
) -> Report:
    """Import a file of accounts and charges.

    More than `max_rejects` per cent of rejected rows, and nothing is imported: it is a wrong file. `progress`
    gets bytes read so far and must not use this thread's connection. Of an account repeated within a period
    the last row counts. Names and addresses are those of the newest period; older ones only add accounts that
    are missing. What the file has no column for stays as it is. A dry run only reads the database and reports
    what an import would do. SQLite merges each period in a transaction, the newest first; PostgreSQL holds
    the whole file in one.

    Raises UnreadableFileError for a file that cannot be an export, OSError, and the database's errors. On
    SQLite periods merged before an error stay.
    """
    report = Report(dry_run)

    def reject(row: Reject) -> None:
        report.rejected += 1
        on_reject(row)
        if len(report.rejects) < KEPT_REJECTS:
            report.rejects.append(row)

    reader = DelimitedReader(path, progress, reject)
    try:
        with (SqliteStaging if is_sqlite() else PostgresStaging)(dry_run) as staging:
            report.accepted = staging.fill(reader)
            report.repeated = staging.repeated
            total = report.accepted + report.rejected
            if report.rejected * 100 > max_rejects * total:
                raise _TooManyRejectsError(f"{report.rejected} строк из {total}: больше {max_rejects:g} %")
            merge = Merge(path.name, reader.layout, staging)
            for period in sorted(staging.periods, reverse=True):
                report.periods.append(merge.foretell(period) if dry_run else merge.run(period))
    except _TooManyRejectsError as error:
        report.refused = f"Отклонено {error}."
    if report.periods and not dry_run:
        report.matched_requests = match_requests()
    return report


class _TooManyRejectsError(Exception):
    """The file is a wrong one; takes back what PostgreSQL has of it."""
