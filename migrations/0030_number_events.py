"""Events have places in a feed, which systems read by a token. Those of the last month are in it, too."""

from peewee import SQL, BigIntegerField, CharField, DateTimeField, IntegerField, Model

from cabinet.models.expanding import in_pieces, step

atomic = False  # events are numbered some at a time

EVENTS = """
    SELECT id FROM message WHERE lane = 'staff' AND sent_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM event_place WHERE event_place.message = message.id)
    ORDER BY created_at, id
"""
HEAD = """
    INSERT INTO event_head (id, place) SELECT 1, place FROM event_place WHERE TRUE ORDER BY place DESC LIMIT 1
    ON CONFLICT (id) DO UPDATE SET place = excluded.place
"""


def up(migrator, db):
    class EventHead(Model):
        id = IntegerField(primary_key=True, default=1, constraints=[SQL("DEFAULT 1")])
        place = BigIntegerField(default=0, constraints=[SQL("DEFAULT 0")])

        class Meta:
            database = db
            table_name = "event_head"
            legacy_table_names = False

    class EventPlace(Model):
        place = BigIntegerField(primary_key=True)
        message = CharField(unique=True, max_length=22)

        class Meta:
            database = db
            table_name = "event_place"
            legacy_table_names = False

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

    step(db, lambda: db.create_tables([EventHead, EventPlace, EventReader]))
    fields = [EventPlace.place, EventPlace.message]
    in_pieces(db, _places(db), lambda piece: EventPlace.insert_many(piece, fields).execute())
    step(db, lambda: db.execute_sql(HEAD))


def _places(db):
    """What is not in the feed yet, each behind those of before."""
    [last] = db.execute_sql("SELECT COALESCE(MAX(place), 0) FROM event_place").fetchone()
    events = db.execute_sql(EVENTS).fetchall()
    return [(place, event) for place, (event,) in enumerate(events, last + 1)]


def down(migrator, db):
    migrator.migrate(migrator.drop_table("event_reader"))
    migrator.migrate(migrator.drop_table("event_place"))
    migrator.migrate(migrator.drop_table("event_head"))
