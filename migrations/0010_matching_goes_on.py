"""Imports say how far the matching of connection requests has come; those of before have it behind them."""

from peewee import JSONField


def up(migrator, db):
    migrator.migrate(migrator.add_column("import_batch", "matching", JSONField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("import_batch", "matching"))
