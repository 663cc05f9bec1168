"""Each lane of the worker finds its messages by an index of these alone, however many wait in others."""

from cabinet.models.expanding import add_index

atomic = False  # the indexes are made beside writers

WAITS = '"due_at" IS NOT NULL'
STAFF = "SUBSTR(\"template\", 1, 6) = 'staff/'"
RESIDENTS = "SUBSTR(\"template\", 1, 6) != 'staff/'"
INDEXES = {
    "message_for_staff": f'("lane", "due_at") WHERE {WAITS} AND "lane" = \'mail\' AND {STAFF}',
    "message_for_residents": f'("lane", "due_at") WHERE {WAITS} AND "lane" = \'mail\' AND {RESIDENTS}',
    "message_for_webhook": f'("lane", "to", "due_at") WHERE {WAITS} AND "lane" = \'webhook\'',
    "message_failed": f'("lane", "tried_since") WHERE {WAITS} AND "error" != \'\'',
}


def up(migrator, db):
    for name, of in INDEXES.items():
        add_index(db, name, "message", of)


def down(migrator, db):
    for name in INDEXES:
        db.execute_sql(f'DROP INDEX "{name}"')
