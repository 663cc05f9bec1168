"""Indexes of what was sent or given up hold nothing that waits: to enqueue a message writes less."""

from cabinet.models.database import is_sqlite
from cabinet.models.expanding import add_index, step

atomic = False  # the indexes are made beside writers

MOMENTS = {"message_sent": "sent_at", "message_dead": "dead_at"}


def up(migrator, db):
    for name, moment in MOMENTS.items():
        over = f'WHERE "{moment}" IS NOT NULL'
        add_index(db, name, "message", f'("{moment}", "id") {over}')
        add_index(db, f"{name}_of_lane", "message", f'("lane", "{moment}", "id") {over}')
        _drop(db, f"message_{moment}_id")
        _drop(db, f"message_lane_{moment}_id")


def _drop(db, name):
    if is_sqlite():
        step(db, lambda: db.execute_sql(f'DROP INDEX IF EXISTS "{name}"'))
    else:
        db.execute_sql(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')


def down(migrator, db):
    for name, moment in MOMENTS.items():
        db.execute_sql(f'CREATE INDEX "message_{moment}_id" ON "message" ("{moment}", "id")')
        db.execute_sql(f'CREATE INDEX "message_lane_{moment}_id" ON "message" ("lane", "{moment}", "id")')
        db.execute_sql(f'DROP INDEX "{name}"')
        db.execute_sql(f'DROP INDEX "{name}_of_lane"')
