"""A receiver that is away keeps since when; what waits for it stays as it is."""

from peewee import DateTimeField


def up(migrator, db):
    migrator.migrate(migrator.add_column("gateway_health", "since", DateTimeField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("gateway_health", "since"))
