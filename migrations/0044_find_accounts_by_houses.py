"""Staff find accounts by the words of their houses; the worker writes these as soon as it runs."""

from peewee import BigIntegerField, BlobField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class BilledHouse(Model):
        id = IntegerField(primary_key=True)
        digest = BigIntegerField()
        accounts = TextField()

        class Meta:
            database = db
            table_name = "billed_house"
            legacy_table_names = False

    class HouseWord(Model):
        word = BlobField()
        house = ForeignKeyField(BilledHouse, on_delete="CASCADE", index=False)

        class Meta:
            database = db
            table_name = "house_word"
            legacy_table_names = False
            indexes = ((("word", "house"), True), (("house", "word"), False))

    db.create_tables([BilledHouse, HouseWord])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("house_word"), migrator.drop_table("billed_house"))
