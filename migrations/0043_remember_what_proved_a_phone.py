"""A registration remembers that its phone was proved by a contact in MAX, which is less than the SIM."""

from peewee import CharField


def up(migrator, db):
    migrator.migrate(migrator.add_column("registration", "proved_by", CharField(null=True, max_length=8)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("registration", "proved_by"))
