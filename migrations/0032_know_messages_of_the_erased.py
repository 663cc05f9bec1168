"""A message that waits while its resident is erased says so, and goes once it is over."""

from peewee import DateTimeField


def up(migrator, db):
    migrator.migrate(migrator.add_column("message", "erased_at", DateTimeField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("message", "erased_at"))
