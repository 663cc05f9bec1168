"""A way back remembers when its number came into the cabinet, so that later ones are known as such."""

from peewee import DateTimeField


def up(migrator, db):
    migrator.migrate(migrator.add_column("way_back", "came_at", DateTimeField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("way_back", "came_at"))
