"""Staff have names, for colleagues and the journal."""

from peewee import SQL, CharField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column(
            "staff",
            "name",
            CharField(max_length=100, default="", constraints=[SQL("DEFAULT ''")]),
            allow_not_null=True,
        )
    )


def down(migrator, db):
    migrator.migrate(migrator.drop_column("staff", "name"))
