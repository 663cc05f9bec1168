"""Residents may link the company's bot in MAX: who did, and what is begun."""

from peewee import BigIntegerField, CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class User(Model):
        id = CharField(primary_key=True, max_length=22)

        class Meta:
            database = db
            table_name = "user"
            legacy_table_names = False

    class MaxLink(Model):
        user = ForeignKeyField(User, unique=True, on_delete="CASCADE")
        max_user = BigIntegerField(unique=True)
        started = DateTimeField()
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "max_link"
            legacy_table_names = False

    db.create_tables([MaxLink])

    class MaxStart(Model):
        id = CharField(primary_key=True, max_length=22)
        user = ForeignKeyField(User, on_delete="CASCADE")
        stamp = CharField(max_length=22)
        created_at = DateTimeField()
        expires_at = DateTimeField(index=True)
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "max_start"
            legacy_table_names = False

    db.create_tables([MaxStart])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("max_start"))
    migrator.migrate(migrator.drop_table("max_link"))
