"""Sessions may stay on their resident's own device for weeks."""

from peewee import DateTimeField


def up(migrator, db):
    migrator.migrate(migrator.add_column("web_session", "kept_until", DateTimeField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("web_session", "kept_until"))
