"""Residents have a stamp of their credentials, which sessions keep."""

from peewee import SQL, CharField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column(
            "user",
            "stamp",
            CharField(max_length=22, default="", constraints=[SQL("DEFAULT ''")]),
            allow_not_null=True,
        )
    )


def down(migrator, db):
    migrator.migrate(migrator.drop_column("user", "stamp"))
