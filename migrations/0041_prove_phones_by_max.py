"""A phone may be proved by its contact in MAX: what was begun, for which code, by whom."""

from peewee import SQL, BigIntegerField, CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class OneTimeCode(Model):
        id = CharField(primary_key=True, max_length=22)

        class Meta:
            database = db
            table_name = "one_time_code"
            legacy_table_names = False

    class MaxContact(Model):
        id = CharField(primary_key=True, max_length=22)
        code = ForeignKeyField(OneTimeCode, on_delete="CASCADE")
        locale = CharField(max_length=8, default="ru", constraints=[SQL("DEFAULT 'ru'")])
        max_user = BigIntegerField(index=True, null=True)
        created_at = DateTimeField()
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "max_contact"
            legacy_table_names = False

    db.create_tables([MaxContact])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("max_contact"))
