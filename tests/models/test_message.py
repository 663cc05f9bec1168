"""The outbox: who holds a message, when it is over, what is remembered of it."""

from datetime import timedelta

import pytest
from peewee import Database

from cabinet.models import Heartbeat, Message
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.lateness import MOST_LOOKED_AT, late
from tests.databases import DATABASES
from tests.models.clock import HOUR, after, moment
from tests.models.outbox import claim, enqueue, fail, nothing_due, stored
from tests.steps import steps_of


def test_a_message_is_written_with_what_it_tells_of_or_not_at_all(database: Database) -> None:
    with pytest.raises(RuntimeError, match=r"^a message must be enqueued in the transaction that causes it$"):
        Message.enqueue("sms", "code")
    assert not Message.select().exists()


def test_what_is_enqueued_is_kept_in_full(database: Database) -> None:
    data = {"code": "1"}
    whole = enqueue("mail", "t", to="a", data=data, locale="en", expires=60, blank_after=True, parent="p")
    row = stored(whole)
    assert (row.channel, row.template, row.to, row.data, row.locale) == ("mail", "t", "a", data, "en")
    assert (row.expires_at, row.blank_after, row.parent) == (moment(60), True, "p")
    bare = stored(enqueue("mail", "t"))
    assert (bare.to, bare.data, bare.locale, bare.expires_at) == ("", {}, "ru", None)
    assert (bare.blank_after, bare.parent, bare.due_at, bare.tries) == (False, None, moment(0), 0)


def test_the_longest_due_comes_first(database: Database) -> None:
    later, first = enqueue(seconds=10), enqueue(seconds=5)
    enqueue("mail", seconds=1)
    assert [claim(20).id, claim(20).id] == [first.id, later.id] and nothing_due(20)


def test_nothing_is_sent_before_its_time(database: Database) -> None:
    enqueue(seconds=10)
    assert nothing_due(9) and claim(10)


def test_a_claim_holds_for_a_minute_and_counts_a_try(database: Database) -> None:
    other = enqueue("mail")
    enqueue()
    first = claim()
    assert first.tries == 1 and nothing_due(59)
    second = claim(60)
    assert second.id == first.id and second.tries == 2
    with after(61):
        assert not first.mark_sent() and not first.mark_failed("x") and not first.mark_dead("x")
        assert second.mark_sent()
    assert not stored(other).tries


def test_what_is_sent_is_over(database: Database) -> None:
    message = enqueue(data={"a": 1})
    fail(claim(), 1)
    claimed = claim(HOUR)
    with after(HOUR + 1):
        assert claimed.mark_sent("SM1", "accepted") and not claimed.mark_sent()
    row = stored(message)
    assert (row.due_at, row.sent_at, row.dead_at, row.error) == (None, moment(HOUR + 1), None, "")
    assert (row.provider_id, row.status, row.claim, row.data) == ("SM1", "accepted", None, {"a": 1})


def test_sent_without_a_providers_word(database: Database) -> None:
    message = enqueue()
    claim().mark_sent()
    assert (stored(message).provider_id, stored(message).status) == (None, "")


def test_what_must_not_be_kept_is_emptied_once_sent(database: Database) -> None:
    message = enqueue(data={"secret": 1}, blank_after=True)
    claim().mark_sent()
    assert stored(message).data == {}


@pytest.mark.parametrize(
    ("blank", "reason", "data"),
    [(True, "expired", {}), (False, "expired", {"a": 1}), (True, "refused", {"a": 1})],
)
def test_what_must_not_be_kept_is_kept_while_staff_may_retry(
    database: Database, blank: bool, reason: str, data: dict[str, int]
) -> None:
    message = enqueue(data={"a": 1}, blank_after=blank)
    claimed = claim()
    with after(5):
        assert claimed.mark_dead(reason) and not claimed.mark_dead("again")
    row = stored(message)
    assert (row.data, row.error, row.due_at, row.dead_at) == (data, reason, None, moment(5))
    assert row.claim is None and row.sent_at is None


def test_late_is_what_waits_longer_than_five_minutes(database: Database) -> None:
    enqueue()
    enqueue()
    enqueue("webhook")
    enqueue("mail", seconds=1)
    enqueue("mail", "staff/delivery_late")
    sent = enqueue("staff")
    claim(channel="staff").mark_sent()
    assert stored(sent).sent_at
    with after(300):
        assert late() == {}
    with after(301):
        assert late() == {"sms": 2, "webhook": 1}
    with after(302):
        assert late() == {"sms": 2, "webhook": 1, "mail": 1}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_to_look_for_late_ones_costs_the_same_however_many_wait(database: Database) -> None:
    def fill(many: int) -> None:
        later = now() + timedelta(hours=1)
        rows = [{"channel": "mail", "template": "t", "due_at": later} for _ in range(many)]
        with db.atomic():
            Message.insert_many(rows).execute()

    fill(MOST_LOOKED_AT)
    few = steps_of(late)
    fill(2 * MOST_LOOKED_AT)
    assert steps_of(late) <= few * 1.01


def test_the_three_lists_share_nothing(database: Database) -> None:
    waiting, sent, dead = enqueue("staff"), enqueue("sms"), enqueue("mail")
    claim(channel="sms").mark_sent()
    claim(channel="mail").mark_dead("refused")
    lists = (Message.waiting(), Message.sent(), Message.dead())
    assert [[m.id for m in Message.select().where(some)] for some in lists] == [
        [waiting.id],
        [sent.id],
        [dead.id],
    ]


def test_a_process_is_as_old_as_its_last_beat(database: Database) -> None:
    assert Heartbeat.age("worker") is None
    with after():
        Heartbeat.beat("worker")
        Heartbeat.beat("other")
    with after(100):
        assert Heartbeat.age("worker") == 100
        Heartbeat.beat("worker")
    with after(105):
        assert (Heartbeat.age("worker"), Heartbeat.age("other")) == (5, 105)


@pytest.mark.parametrize("database_url", DATABASES[1:], indirect=True)
def test_one_is_claimed_however_it_is_planned(database: Database) -> None:
    for way in ("hashjoin", "mergejoin", "hashagg", "sort", "indexscan", "bitmapscan", "material"):
        db.execute_sql(f"SET enable_{way} = off")
    messages = [enqueue(seconds=seconds) for seconds in range(3)]
    assert claim(3)
    assert [stored(message).tries for message in messages] == [1, 0, 0]
