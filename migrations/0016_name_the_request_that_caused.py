"""Messages and imports name the request that caused them, for the log."""

from peewee import CharField

TABLES = ("message", "import_job")


def up(migrator, db):
    for table in TABLES:
        migrator.migrate(migrator.add_column(table, "request_id", CharField(max_length=64, null=True)))


def down(migrator, db):
    for table in TABLES:
        migrator.migrate(migrator.drop_column(table, "request_id"))
