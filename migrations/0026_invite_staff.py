"""Admins invite staff, who have recovery codes beside the authenticator."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Staff(Model):
        id = CharField(primary_key=True, max_length=22)

        class Meta:
            database = db
            table_name = "staff"
            legacy_table_names = False

    class RecoveryCode(Model):
        staff = ForeignKeyField(Staff, on_delete="CASCADE")
        digest = CharField(unique=True, max_length=64)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "recovery_code"
            legacy_table_names = False

    db.create_tables([RecoveryCode])

    migrator.migrate(migrator.add_column("staff", "invitation", CharField(null=True, max_length=64)))
    migrator.migrate(migrator.add_column("staff", "invited_until", DateTimeField(null=True)))
    migrator.migrate(migrator.add_column("staff", "invited_by", CharField(null=True, max_length=22)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("staff", "invited_by"))
    migrator.migrate(migrator.drop_column("staff", "invited_until"))
    migrator.migrate(migrator.drop_column("staff", "invitation"))
    migrator.migrate(migrator.drop_table("recovery_code"))
