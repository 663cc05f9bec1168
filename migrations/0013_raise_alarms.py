"""Raise alarms."""

from peewee import CharField, DateTimeField, JSONField, Model


def up(migrator, db):
    class Alarm(Model):
        name = CharField(primary_key=True, max_length=40)
        at = DateTimeField()
        data = JSONField(default=dict)

        class Meta:
            database = db
            table_name = "alarm"
            legacy_table_names = False

    db.create_tables([Alarm])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("alarm"))
