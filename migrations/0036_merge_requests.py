"""Merge requests."""

from peewee import CharField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("connection_request", "merged_into", CharField(null=True, max_length=12))
    )
    migrator.migrate(migrator.add_column("request_note", "origin", CharField(null=True, max_length=12)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("request_note", "origin"))
    migrator.migrate(migrator.drop_column("connection_request", "merged_into"))
