"""Residents whose addresses an import changed: the words by which staff find them are to be written anew."""

from typing import Any

from cabinet.billing.sql import execute, run
from cabinet.models.database import db
from cabinet.models.import_batch import ImportBatch

PAGE = 1000  # accounts of one transaction


def outdate_words(batch: ImportBatch) -> None:
    """Have the worker write the words of whoever an import gave another address. Can be repeated."""
    parts = ", ".join(str(part.id) for part in batch.parts())
    rows, after = f"account_before WHERE batch IN ({parts}) AND number > :after", ""
    page = f"SELECT number FROM {rows} ORDER BY number LIMIT {PAGE}"  # noqa: S608
    while found := execute(page, after=after).fetchall():
        last = found[-1][0]
        with db.atomic():
            outdate_of(f"{rows} AND number <= :last", after=after, last=last)
        after = last


def outdate_of(accounts: str, **values: Any) -> None:
    """As `outdate_words`, of accounts given as a table with a condition; in the caller's transaction."""
    linked = f"SELECT user_id FROM account_link WHERE account_id IN (SELECT number FROM {accounts})"  # noqa: S608
    run(f'UPDATE "user" SET worded_at = NULL WHERE id IN ({linked})', **values)  # noqa: S608
