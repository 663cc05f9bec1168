"""A block ends what staff began before it for good."""

from peewee import CharField


def up(migrator, db):
    migrator.migrate(migrator.add_column("staff", "ended", CharField(null=True, max_length=22)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("staff", "ended"))
