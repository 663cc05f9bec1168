"""Messages of erased residents and withdrawn consents are found by indexes, of these few alone."""

from cabinet.models.expanding import add_index

atomic = False  # the indexes are made beside writers

INDEXES = {
    "message_erased": ("message", '("erased_at") WHERE ("erased_at" IS NOT NULL)'),
    "consent_withdrawn": ("consent", '("withdrawn_at") WHERE ("withdrawn_at" IS NOT NULL)'),
}


def up(migrator, db):
    for name, (table, of) in INDEXES.items():
        add_index(db, name, table, of)


def down(migrator, db):
    for name in INDEXES:
        db.execute_sql(f'DROP INDEX "{name}"')
