"""Attempts that are counted for everybody are numbered, so that counting them costs the same however many."""

from datetime import UTC, datetime, timedelta
from functools import partial

from peewee import BigIntegerField

from cabinet.models.expanding import add_column, add_index, step

atomic = False  # the index is made beside writers, the numbers are given in batches
KINDS = ("sms-all", "call-all")
BATCH = 2000


def up(migrator, db):
    add_column(migrator, db, "attempt", "number", BigIntegerField(null=True))
    add_index(db, "attempt_number", "attempt", '("kind", "number") WHERE ("number" IS NOT NULL)')
    for kind in KINDS:
        while step(db, partial(_number_some, db, kind)):
            pass


def _number_some(db, kind):
    """Number the oldest of the last day, which is as far as limits look back; how many."""
    since = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
    place = db.param
    return db.execute_sql(
        "UPDATE attempt SET number = later.number FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY at, id)"  # noqa: S608
        f" + (SELECT COALESCE(MAX(number), 0) FROM attempt WHERE kind = {place}) AS number"
        f" FROM attempt WHERE kind = {place} AND subject = '' AND number IS NULL AND at > {place}"
        f" ORDER BY at, id LIMIT {BATCH}) AS later WHERE attempt.id = later.id",
        (kind, kind, since),
    ).rowcount


def down(migrator, db):
    db.execute_sql('DROP INDEX "attempt_number"')
    migrator.migrate(migrator.drop_column("attempt", "number"))
