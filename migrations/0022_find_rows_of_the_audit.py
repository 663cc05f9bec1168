"""Rows of the audit are found by their place in the chain, and by what was done."""

from cabinet.models.expanding import add_index

atomic = False  # the indexes are made beside writers

INDEXES = {
    "audit_place_id": '("place", "id")',
    "audit_action_at_id": '("action", "at", "id")',
}


def up(migrator, db):
    for name, columns in INDEXES.items():
        add_index(db, name, "audit", columns)


def down(migrator, db):
    for name in INDEXES:
        db.execute_sql(f'DROP INDEX "{name}"')
