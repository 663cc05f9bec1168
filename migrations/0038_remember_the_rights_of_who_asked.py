"""What a member of staff asks for is bound to the rights it was asked for under."""

from peewee import CharField


def up(migrator, db):
    migrator.migrate(migrator.add_column("phone_change", "asked_under", CharField(null=True, max_length=32)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("phone_change", "asked_under"))
