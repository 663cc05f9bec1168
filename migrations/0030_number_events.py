"""Events have places in a feed, which systems read by a token. Those of the last month are in it, too."""

from peewee import SQL, BigIntegerField, CharField, DateTimeField, IntegerField, Model


def up(migrator, db):
    class EventHead(Model):
        id = IntegerField(primary_key=True, default=1, constraints=[SQL("DEFAULT 1")])
        place = BigIntegerField(default=0, constraints=[SQL("DEFAULT 0")])

        class Meta:
            database = db
            table_name = "event_head"
            legacy_table_names = False

    db.create_tables([EventHead])

    class EventPlace(Model):
        place = BigIntegerField(primary_key=True)
        message = CharField(unique=True, max_length=22)

        class Meta:
            database = db
            table_name = "event_place"
            legacy_table_names = False

    db.create_tables([EventPlace])

    db.execute_sql(
        "INSERT INTO event_place (place, message)"
        " SELECT ROW_NUMBER() OVER (ORDER BY created_at, id), id FROM message"
        " WHERE lane = 'staff' AND sent_at IS NOT NULL"
    )
    db.execute_sql(
        "INSERT INTO event_head (id, place) SELECT 1, number"
        " FROM (SELECT COUNT(*) AS number FROM event_place) AS counted WHERE number > 0"
    )

    class EventReader(Model):
        id = CharField(primary_key=True, max_length=22)
        name = CharField(max_length=100)
        digest = CharField(max_length=64)
        created_at = DateTimeField()
        seen_at = DateTimeField(null=True)
        revoked_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "event_reader"
            legacy_table_names = False

    db.create_tables([EventReader])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("event_reader"))
    migrator.migrate(migrator.drop_table("event_place"))
    migrator.migrate(migrator.drop_table("event_head"))
