"""Staff find connection requests by words. Those of earlier requests are written by the worker's purge."""

from peewee import BlobField, ForeignKeyField, Model


def up(migrator, db):
    class ConnectionRequest(Model):
        class Meta:
            database = db
            table_name = "connection_request"

    class RequestWord(Model):
        word = BlobField()
        request = ForeignKeyField(ConnectionRequest, on_delete="CASCADE")

        class Meta:
            database = db
            table_name = "request_word"
            legacy_table_names = False
            indexes = ((("word", "request"), True),)

    db.create_tables([RequestWord])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("request_word"))
