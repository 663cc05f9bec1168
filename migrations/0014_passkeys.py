"""Passkeys."""

from peewee import (
    SQL,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKeyField,
    Model,
)


def up(migrator, db):
    class User(Model):
        id = CharField(primary_key=True, max_length=22)

        class Meta:
            database = db
            table_name = "user"
            legacy_table_names = False

    class Passkey(Model):
        id = CharField(primary_key=True, max_length=22)
        user = ForeignKeyField(User, on_delete="CASCADE")
        credential = CharField(unique=True, max_length=1400)
        public_key = BlobField()
        sign_count = BigIntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        may_be_backed_up = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
        backed_up = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
        aaguid = CharField(max_length=36, default="", constraints=[SQL("DEFAULT ''")])
        name = CharField(max_length=60)
        created_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "passkey"
            legacy_table_names = False

    db.create_tables([Passkey])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("passkey"))
