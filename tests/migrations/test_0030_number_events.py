"""Events of before are in the feed, in the order in which they were written; new ones come behind them."""

import peewee

from cabinet.models import EventReader, Message, event_feed, migrations
from cabinet.models.database import db
from tests.migrations.conftest import Before

NAME = "0030_number_events"
COLUMNS = "id, lane, template, data, created_at, sent_at, locale"


def test_events_of_before_begin_the_feed(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        for key, lane, day, sent in (
            ("b", "staff", 2, "'2026-11-02 10:00:00'"),
            ("a", "staff", 1, "'2026-11-03 10:00:00'"),
            ("c", "staff", 3, "NULL"),
            ("d", "mail", 1, "'2026-11-01 10:00:00'"),
        ):
            database.execute_sql(
                f"INSERT INTO message ({COLUMNS}) VALUES"
                f" ('{key}', '{lane}', 'registered', '{{}}', '2026-11-0{day} 10:00:00', {sent}, 'ru')"
            )
    assert NAME in migrations.upgrade()
    assert [message.id for message in event_feed.page_after(None, 9).events] == ["a", "b"]
    with db.atomic():
        event_feed.publish(Message.get_by_id("c"))
    assert [message.id for message in event_feed.page_after("b", 9).events] == ["c"]
    assert not EventReader.select().exists()
