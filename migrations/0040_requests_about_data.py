"""What people ask about their data by letter or at the office is put on record."""

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class User(Model):
        id = CharField(22, primary_key=True)

        class Meta:
            database = db
            table_name = "user"

    class DataRequest(Model):
        id = CharField(22, primary_key=True)
        user = ForeignKeyField(User, null=True, on_delete="CASCADE")
        phone = CharField(16, index=True)
        kind = CharField(8)
        way = CharField(8)
        came_on = DateField()
        words = TextField()
        recorded_by = CharField(22)
        at = DateTimeField()
        until = DateField()
        outcome = CharField(8)
        answer = TextField()
        decided_by = CharField(22, null=True)
        decided_at = DateTimeField(null=True)
        erase_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "data_request"
            legacy_table_names = False
            indexes = ((("outcome", "until", "id"), False),)

    db.create_tables([DataRequest])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("data_request"))
