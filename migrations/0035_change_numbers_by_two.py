"""A change of a resident's number is asked for by one member of staff and decided by another."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class User(Model):
        id = CharField(22, primary_key=True)

        class Meta:
            database = db
            table_name = "user"

    class PhoneChange(Model):
        id = CharField(22, primary_key=True)
        user = ForeignKeyField(User, on_delete="CASCADE")
        phone = CharField(16)
        reason = TextField()
        identified = TextField()
        asked_by = CharField(22)
        asked_at = DateTimeField()
        until = DateTimeField(index=True)
        seen = CharField(64)
        outcome = CharField(9)
        words = TextField()
        decided_by = CharField(22, null=True)
        decided_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "phone_change"
            legacy_table_names = False

    db.create_tables([PhoneChange])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("phone_change"))
