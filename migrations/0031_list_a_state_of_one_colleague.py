"""Requests of one state that one colleague has are listed by an index."""

from cabinet.models.database import is_sqlite

atomic = False  # PostgreSQL makes an index beside writers only outside of a transaction

NAME = "connection_request_assignee_state_created_at_number"
COLUMNS = '("assignee", "state", "created_at", "number")'


def up(migrator, db):
    if is_sqlite():
        db.execute_sql(f'CREATE INDEX IF NOT EXISTS "{NAME}" ON "connection_request" {COLUMNS}')
    else:
        db.execute_sql(f'DROP INDEX CONCURRENTLY IF EXISTS "{NAME}"')  # left unfinished
        db.execute_sql(f'CREATE INDEX CONCURRENTLY "{NAME}" ON "connection_request" {COLUMNS}')


def down(migrator, db):
    db.execute_sql(f'DROP INDEX "{NAME}"')
