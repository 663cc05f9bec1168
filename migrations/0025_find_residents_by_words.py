"""Staff find residents by words, as requests. The worker's purge writes those of earlier ones."""

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, Model, PostgresqlDatabase

atomic = False  # indexes of large tables are made beside their writers


def up(migrator, db):
    class User(Model):
        id = CharField(22, primary_key=True)

        class Meta:
            database = db
            table_name = "user"

    class ResidentWord(Model):
        word = BlobField()
        user = ForeignKeyField(User, on_delete="CASCADE", index=False)

        class Meta:
            database = db
            table_name = "resident_word"
            legacy_table_names = False
            indexes = ((("word", "user"), True), (("user", "word"), False))

    db.create_tables([ResidentWord])
    if "worded_at" not in {column.name for column in db.get_columns("user")}:  # begun before
        migrator.migrate(migrator.add_column("user", "worded_at", DateTimeField(null=True)))
    beside = "CONCURRENTLY " if isinstance(db, PostgresqlDatabase) else ""
    db.execute_sql(
        f'CREATE INDEX {beside}IF NOT EXISTS "user_unworded" ON "user" ("id") WHERE ("worded_at" IS NULL)'
    )
    db.execute_sql(
        f'CREATE INDEX {beside}IF NOT EXISTS "request_word_request_id_word" '
        'ON "request_word" ("request_id", "word")'
    )


def down(migrator, db):
    db.execute_sql('DROP INDEX "request_word_request_id_word"')
    db.execute_sql('DROP INDEX "user_unworded"')
    migrator.migrate(migrator.drop_column("user", "worded_at"), migrator.drop_table("resident_word"))
