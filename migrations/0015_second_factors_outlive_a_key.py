"""Second factors outlive a key."""

from peewee import SQL, CharField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column(
            "staff",
            "totp_kept",
            CharField(max_length=64, default="", constraints=[SQL("DEFAULT ''")]),
            allow_not_null=True,
        )
    )


def down(migrator, db):
    migrator.migrate(migrator.drop_column("staff", "totp_kept"))
