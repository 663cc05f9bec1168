"""Clerks invite who telephones: the invitation, the consent they heard, the registration by it."""

from peewee import SQL, BigIntegerField, CharField, DateField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class User(Model):
        id = CharField(primary_key=True, max_length=22)

        class Meta:
            database = db
            table_name = "user"
            legacy_table_names = False

    class Invitation(Model):
        id = CharField(primary_key=True, max_length=22)
        phone = CharField(index=True, max_length=16)
        account = CharField(index=True, max_length=32)
        period = DateField()
        amount = BigIntegerField()
        last_name = CharField(max_length=60)
        first_name = CharField(max_length=60)
        middle_name = CharField(max_length=60, default="", constraints=[SQL("DEFAULT ''")])
        birth_date = DateField(null=True)
        email = CharField(max_length=254, default="", constraints=[SQL("DEFAULT ''")])
        asked_by = CharField(max_length=22)
        asked_under = CharField(max_length=32)
        created_at = DateTimeField()
        until = DateTimeField(index=True)
        message = CharField(null=True, max_length=22)
        opened_at = DateTimeField(null=True)
        outcome = CharField(max_length=9, default="", constraints=[SQL("DEFAULT ''")])
        ended_at = DateTimeField(null=True)
        ended_by = CharField(null=True, max_length=22)
        user = ForeignKeyField(User, null=True, on_delete="CASCADE")

        class Meta:
            database = db
            table_name = "invitation"
            legacy_table_names = False
            indexes = ((("created_at", "id"), False),)

    db.create_tables([Invitation])

    migrator.migrate(migrator.add_column("consent", "way", CharField(null=True, max_length=8)))
    migrator.migrate(migrator.add_column("consent", "heard_by", CharField(null=True, max_length=22)))
    migrator.migrate(migrator.add_column("registration", "invitation", CharField(null=True, max_length=22)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("registration", "invitation"))
    migrator.migrate(migrator.drop_column("consent", "heard_by"))
    migrator.migrate(migrator.drop_column("consent", "way"))
    migrator.migrate(migrator.drop_table("invitation"))
