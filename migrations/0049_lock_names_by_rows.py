"""Names are locked by rows, which every engine keeps; advisory locks some of them only pretend to have."""

from peewee import IntegerField, Model, PostgresqlDatabase

ROWS = 2**14 + 16  # those that names share, and some for names that have one of their own


def up(migrator, db):
    class LockRow(Model):
        id = IntegerField(primary_key=True)

        class Meta:
            database = db
            table_name = "lock_row"
            legacy_table_names = False

    db.create_tables([LockRow])
    if isinstance(db, PostgresqlDatabase):  # SQLite's writers queue anyway
        rows = f"SELECT generate_series(0, {ROWS - 1})"
        db.execute_sql(f"INSERT INTO lock_row (id) {rows} ON CONFLICT DO NOTHING")


def down(migrator, db):
    migrator.migrate(migrator.drop_table("lock_row"))
