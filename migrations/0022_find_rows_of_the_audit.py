"""Rows of the audit are found by their place in the chain, and by what was done."""

from cabinet.models.database import is_sqlite

atomic = False  # PostgreSQL makes an index beside writers only outside of a transaction

INDEXES = {
    "audit_place_id": '("place", "id")',
    "audit_action_at_id": '("action", "at", "id")',
}


def up(migrator, db):
    for name, columns in INDEXES.items():
        if is_sqlite():
            db.execute_sql(f'CREATE INDEX IF NOT EXISTS "{name}" ON "audit" {columns}')
        else:
            db.execute_sql(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')  # left unfinished
            db.execute_sql(f'CREATE INDEX CONCURRENTLY "{name}" ON "audit" {columns}')


def down(migrator, db):
    for name in INDEXES:
        db.execute_sql(f'DROP INDEX "{name}"')
