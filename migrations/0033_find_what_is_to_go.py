"""Messages of erased residents and withdrawn consents are found by indexes, of these few alone."""

from cabinet.models.database import is_sqlite

atomic = False  # PostgreSQL makes an index beside writers only outside of a transaction

INDEXES = {
    "message_erased": '"message" ("erased_at") WHERE ("erased_at" IS NOT NULL)',
    "consent_withdrawn": '"consent" ("withdrawn_at") WHERE ("withdrawn_at" IS NOT NULL)',
}


def up(migrator, db):
    for name, of in INDEXES.items():
        if is_sqlite():
            db.execute_sql(f'CREATE INDEX IF NOT EXISTS "{name}" ON {of}')
        else:
            db.execute_sql(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')  # left unfinished
            db.execute_sql(f'CREATE INDEX CONCURRENTLY "{name}" ON {of}')


def down(migrator, db):
    for name in INDEXES:
        db.execute_sql(f'DROP INDEX "{name}"')
