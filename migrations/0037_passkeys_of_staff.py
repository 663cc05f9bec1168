"""Members of staff may prove by a passkey what they prove by a code of the authenticator."""

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
    class Staff(Model):
        id = CharField(primary_key=True, max_length=22)

        class Meta:
            database = db
            table_name = "staff"
            legacy_table_names = False

    class StaffPasskey(Model):
        id = CharField(primary_key=True, max_length=22)
        staff = ForeignKeyField(Staff, on_delete="CASCADE")
        credential = CharField(unique=True, max_length=1400)
        public_key = BlobField()
        sign_count = BigIntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        may_be_backed_up = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
        backed_up = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
        aaguid = CharField(default="", max_length=36, constraints=[SQL("DEFAULT ''")])
        name = CharField(max_length=60)
        created_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "staff_passkey"
            legacy_table_names = False

    db.create_tables([StaffPasskey])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("staff_passkey"))
