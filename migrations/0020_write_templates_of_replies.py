"""Staff write templates of replies."""

from peewee import CharField, Model, TextField


def up(migrator, db):
    class ReplyTemplate(Model):
        title = CharField(max_length=80)
        text = TextField()

        class Meta:
            database = db
            table_name = "reply_template"

    db.create_tables([ReplyTemplate])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("reply_template"))
