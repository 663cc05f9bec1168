"""A request remembers whether a contact in MAX alone proved its phone."""

from peewee import CharField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("connection_request", "proved_by", CharField(null=True, max_length=8))
    )


def down(migrator, db):
    migrator.migrate(migrator.drop_column("connection_request", "proved_by"))
