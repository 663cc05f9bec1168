"""The feed of events: nothing is passed over or told twice, or kept longer than its message."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from peewee import Database

from cabinet.models import EventPlace, EventReader, Message, event_feed
from cabinet.models.database import db, is_sqlite
from cabinet.models.event_feed import UnknownEventError, forget_gone, page_after, publish
from tests.models.clock import HOUR, after, moment
from tests.waiting import until

Enqueue = Callable[..., Message]


def published(enqueue: Enqueue, number: int) -> list[str]:
    """The ids of so many events in the feed."""
    found = [enqueue("staff") for _ in range(number)]
    for message in found:
        with db.atomic():
            publish(message)
    return [message.id for message in found]


def ids(after: str | None, limit: int = 100) -> list[str]:
    return [message.id for message in page_after(after, limit).events]


def delete(*gone: str) -> None:
    with db.atomic():
        Message.delete().where(Message.id.in_(gone)).execute()


def somebody_waits() -> bool:
    """Whether a writer waits for another; on SQLite all do."""
    asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return is_sqlite() or db.execute_sql(asked).fetchone() is not None


def test_pages_go_on_where_the_last_ended(enqueue: Enqueue) -> None:
    written = published(enqueue, 5)
    read: list[str] = []
    more = True
    while more:
        page = page_after(read[-1] if read else None, 2)
        read += [message.id for message in page.events]
        more = page.more
    assert read == written
    assert ids(written[-1]) == []
    assert ids(written[1]) == ids(written[1]) == written[2:]


def test_what_commits_later_is_read_later(enqueue: Enqueue) -> None:
    """A reader that asks between the commits of two events that overlapped misses neither."""
    [start] = published(enqueue, 1)
    slow, quick = enqueue("staff"), enqueue("staff")
    begun, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with db.connection_context(), db.atomic():
            publish(slow)
            begun.set()
            may_commit.wait(60)

    def write_quickly() -> None:
        with db.connection_context(), db.atomic():
            begun.wait(60)
            publish(quick)

    with ThreadPoolExecutor(2) as threads:
        writing = [threads.submit(one) for one in (write_slowly, write_quickly)]
        try:
            until(lambda: begun.is_set() and (somebody_waits() or ids(start)))
            assert ids(start) == [], "what is under way comes first"
        finally:
            may_commit.set()
        for one in writing:
            one.result()
    assert ids(start) == [slow.id, quick.id]


def test_an_event_that_was_rolled_back_leaves_no_gap(enqueue: Enqueue) -> None:
    [first] = published(enqueue, 1)
    message = enqueue("staff")
    with pytest.raises(ZeroDivisionError), db.atomic():
        publish(message)
        raise ZeroDivisionError
    [second] = published(enqueue, 1)
    assert ids(first) == [second]
    assert sorted(row.place for row in EventPlace.select()) == [1, 2]


def test_who_was_away_too_long_is_told(enqueue: Enqueue) -> None:
    a, b, c, d = published(enqueue, 4)
    delete(a, b)
    forget_gone()
    assert ids(None) == [c, d]
    assert ids(b) == [c, d], "nothing that came after is missing"
    with pytest.raises(UnknownEventError):
        page_after(a, 9)
    with pytest.raises(UnknownEventError):
        page_after("another", 9)


def test_one_that_is_gone_among_others_stops_nobody(enqueue: Enqueue) -> None:
    a, b, c, d = published(enqueue, 4)
    delete(b, c)
    assert ids(a) == ids(b) == ids(c) == [d]
    assert ids(None) == [a, d]
    assert page_after(a, 1).more is False


def test_what_was_deleted_but_not_yet_forgotten_is_missed(enqueue: Enqueue) -> None:
    a, b, c = published(enqueue, 3)
    delete(a, b)
    with pytest.raises(UnknownEventError):
        page_after(a, 1)
    assert ids(b) == [c]


def test_a_quiet_year_does_not_lose_the_reader(enqueue: Enqueue) -> None:
    *_, last = published(enqueue, 3)
    delete(*(message.id for message in Message.select()))
    assert forget_gone() == 2
    assert forget_gone() == 0
    assert ids(last) == ids(None) == []
    [new] = published(enqueue, 1)
    assert ids(last) == ids(None) == [new]


def test_a_page_is_bounded(enqueue: Enqueue, monkeypatch: pytest.MonkeyPatch) -> None:
    published(enqueue, 3)
    monkeypatch.setattr(event_feed, "MOST", 2)
    assert len(ids(None, 10**9)) == 2
    assert len(ids(None, 0)) == 1


def test_an_empty_feed_has_a_page(database: Database) -> None:
    assert page_after(None, 9).events == []
    assert forget_gone() == 0


def test_when_a_reader_was_there_is_noted_to_the_hour(database: Database) -> None:
    with after():
        reader, other = (EventReader.add(name, "system")[0] for name in ("CRM", "BI"))
    for seconds, noted in ((0, 0), (HOUR, 0), (HOUR + 1, HOUR + 1)):
        with after(seconds):
            EventReader.get_by_id(reader.id).seen()
        assert EventReader.get_by_id(reader.id).seen_at == moment(noted)
    assert EventReader.get_by_id(other.id).seen_at is None
