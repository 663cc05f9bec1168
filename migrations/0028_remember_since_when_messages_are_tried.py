"""Remember since when messages are tried."""

from peewee import DateTimeField


def up(migrator, db):
    migrator.migrate(migrator.add_column("message", "tried_since", DateTimeField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("message", "tried_since"))
