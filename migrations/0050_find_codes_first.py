"""Codes are found by an index of their own: they wait for no notice, nor for gateways that rest."""

from cabinet.models.database import is_sqlite

atomic = False  # PostgreSQL makes an index beside writers only outside of a transaction

CODES = '"message" ("lane", "due_at") WHERE "due_at" IS NOT NULL AND "template" = \'code\''


def up(migrator, db):
    if is_sqlite():
        db.execute_sql(f'CREATE INDEX IF NOT EXISTS "message_codes" ON {CODES}')
    else:
        db.execute_sql('DROP INDEX CONCURRENTLY IF EXISTS "message_codes"')  # left unfinished
        db.execute_sql(f'CREATE INDEX CONCURRENTLY "message_codes" ON {CODES}')


def down(migrator, db):
    db.execute_sql('DROP INDEX "message_codes"')
