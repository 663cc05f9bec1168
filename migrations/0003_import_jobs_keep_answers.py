"""Import jobs keep what staff answered, and the rows that they judge a file by."""

from peewee import SQL, DateField, JSONField, TextField


def up(migrator, db):
    migrator.migrate(migrator.add_column("import_job", "period", DateField(null=True)))
    migrator.migrate(
        migrator.add_column(
            "import_job",
            "accept",
            TextField(default="", constraints=[SQL("DEFAULT ''")]),
            allow_not_null=True,
        )
    )
    migrator.migrate(migrator.add_column("import_job", "samples", JSONField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("import_job", "samples"))
    migrator.migrate(migrator.drop_column("import_job", "accept"))
    migrator.migrate(migrator.drop_column("import_job", "period"))
