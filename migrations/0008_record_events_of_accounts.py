"""Events of accounts: sign-ins and what they are guarded by."""

from peewee import SQL, CharField, DateTimeField, JSONField, Model


def up(migrator, db):
    class AccountEvent(Model):
        at = DateTimeField()
        kind = CharField(max_length=24)
        phone = CharField(max_length=16)
        user_id = CharField(null=True, max_length=22)
        ip = CharField(max_length=45, default="", constraints=[SQL("DEFAULT ''")])
        browser = CharField(max_length=300, default="", constraints=[SQL("DEFAULT ''")])
        detail = JSONField(default=dict)

        class Meta:
            database = db
            table_name = "account_event"
            legacy_table_names = False
            indexes = (
                (("phone", "at", "id"), False),
                (("user_id", "at", "id"), False),
                (("at", "id"), False),
            )

    db.create_tables([AccountEvent])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("account_event"))
