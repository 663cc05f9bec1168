"""Imports in several parts."""

from peewee import IntegerField


def up(migrator, db):
    migrator.migrate(migrator.add_column("import_batch", "part_of", IntegerField(index=True, null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_index("import_batch", "import_batch_part_of"))
    migrator.migrate(migrator.drop_column("import_batch", "part_of"))
