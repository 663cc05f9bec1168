"""Staff find residents by words, as requests. The worker's purge writes those of earlier ones."""

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, Model

from cabinet.models.expanding import add_column, add_index, step

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

    step(db, lambda: db.create_tables([ResidentWord]))
    add_column(migrator, db, "user", "worded_at", DateTimeField(null=True))
    add_index(db, "user_unworded", "user", '("worded_at") WHERE ("worded_at" IS NULL)')
    add_index(db, "request_word_request_id_word", "request_word", '("request_id", "word")')


def down(migrator, db):
    db.execute_sql('DROP INDEX "request_word_request_id_word"')
    db.execute_sql('DROP INDEX "user_unworded"')
    migrator.migrate(migrator.drop_column("user", "worded_at"), migrator.drop_table("resident_word"))
