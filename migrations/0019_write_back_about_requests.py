"""Residents write back about their requests; what is written either way may have a file."""

from peewee import SQL, CharField, DateTimeField, ForeignKeyField, Model

COLUMNS = {"file": 40, "file_type": 32}


def up(migrator, db):
    class ConnectionRequest(Model):
        class Meta:
            database = db
            table_name = "connection_request"

    class Unread(Model):
        request = ForeignKeyField(ConnectionRequest, primary_key=True, on_delete="CASCADE")
        at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "unread"

    db.create_tables([Unread])
    for name, length in COLUMNS.items():
        empty = CharField(max_length=length, default="", constraints=[SQL("DEFAULT ''")])
        migrator.migrate(migrator.add_column("request_note", name, empty, allow_not_null=True))


def down(migrator, db):
    for name in COLUMNS:
        migrator.migrate(migrator.drop_column("request_note", name))
    migrator.migrate(migrator.drop_table("unread"))
