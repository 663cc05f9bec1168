"""The holder of a number that a cabinet was moved away from can take it back for some days."""

from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, JSONField, Model


def up(migrator, db):
    class User(Model):
        id = CharField(primary_key=True, max_length=22)

        class Meta:
            database = db
            table_name = "user"
            legacy_table_names = False

    class WayBack(Model):
        id = AutoField()
        user = ForeignKeyField(User, on_delete="CASCADE")
        phone = CharField(index=True, max_length=16)
        accounts = JSONField()
        at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "way_back"
            legacy_table_names = False

    db.create_tables([WayBack])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("way_back"))
