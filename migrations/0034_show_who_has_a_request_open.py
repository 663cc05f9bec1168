"""Staff see which colleague has a request open."""

from peewee import SQL, BooleanField, CharField, CompositeKey, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Searched(Model):
        class Meta:
            database = db
            table_name = "connection_request"
            legacy_table_names = False

    class Presence(Model):
        request = ForeignKeyField(Searched, index=False, on_delete="CASCADE")
        staff = CharField(max_length=22)
        since = DateTimeField()
        seen_at = DateTimeField()
        writing = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])

        class Meta:
            database = db
            table_name = "presence"
            legacy_table_names = False
            primary_key = CompositeKey("request", "staff")

    db.create_tables([Presence])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("presence"))
