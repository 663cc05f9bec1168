"""Residents have a moment when they were seen, and numbers may pass on to another resident."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class User(Model):
        id = CharField(22, primary_key=True)

        class Meta:
            database = db
            table_name = "user"

    class PassedNumber(Model):
        phone = CharField(16, index=True)
        user = ForeignKeyField(User, on_delete="CASCADE")
        taken_by = CharField(22)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "passed_number"
            legacy_table_names = False

    migrator.migrate(
        migrator.add_column("user", "seen_at", DateTimeField(null=True)),
        migrator.add_column("registration", "replaces", CharField(max_length=22, null=True)),
    )
    db.create_tables([PassedNumber])


def down(migrator, db):
    migrator.migrate(
        migrator.drop_table("passed_number"),
        migrator.drop_column("registration", "replaces"),
        migrator.drop_column("user", "seen_at"),
    )
