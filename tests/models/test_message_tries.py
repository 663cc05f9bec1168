"""The outbox: when a message that failed is tried again, and when it is given up."""

import random

import pytest
from peewee import Database

from cabinet.models import Message
from cabinet.models.database import db
from tests.models.clock import HOUR, after, moment
from tests.models.outbox import claim, enqueue, fail, stored


@pytest.fixture
def jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shortest wait that chance allows."""
    monkeypatch.setattr(random, "uniform", lambda low, high: low)


def test_the_waits_between_tries_double_to_four_minutes(database: Database, jitter: None) -> None:
    message, now = enqueue(), 0.0
    for wait in (10, 20, 40, 80, 160, 240, 240, 240):
        claimed = claim(now)
        with after(now):
            assert claimed.mark_failed("busy")
        row = stored(message)
        assert (row.due_at, row.error, row.claim) == (moment(now + 0.75 * wait), "busy", None)
        now += wait


def test_a_full_mailbox_is_asked_every_other_hour_at_most(database: Database, jitter: None) -> None:
    message = enqueue()
    with db.atomic():
        Message.update(tries=15).execute()
    claimed = claim()
    with after():
        claimed.mark_failed("full", alone=True)
    assert stored(message).due_at == moment(0.75 * 2 * HOUR)


def test_after_three_days_of_tries_it_is_dead(database: Database, jitter: None) -> None:
    message = enqueue()
    fail(claim())
    for seconds, dead in ((72 * HOUR, None), (72 * HOUR + 300, moment(72 * HOUR + 300))):
        claimed = claim(seconds)
        with after(seconds):
            assert claimed.mark_failed("busy")
        assert stored(message).dead_at == dead


def test_chance_spreads_the_waits_by_a_quarter(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    message = enqueue()
    claimed = claim()
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    with after():
        claimed.mark_failed("busy")
    assert stored(message).due_at == moment(12.5)


@pytest.mark.parametrize(("wish", "wait"), [(None, 7.5), (5, 7.5), (100, 100), (3600, 3600), (9999, 3600)])
def test_the_receivers_wish_is_heard_up_to_an_hour(
    database: Database, jitter: None, wish: float | None, wait: float
) -> None:
    message = enqueue()
    claimed = claim()
    with after():
        claimed.mark_failed("busy", retry_after=wish)
    assert stored(message).due_at == moment(wait)


def test_tries_that_may_have_arrived_are_told_from_those_that_did_not(database: Database) -> None:
    message = enqueue()
    first = claim()
    assert first.unanswered == 0
    fail(first)
    assert stored(message).failures == 1
    fail(claim(HOUR), HOUR, certain=False)
    assert stored(message).failures == 1
    assert claim(2 * HOUR).unanswered == 1


def test_reasons_are_cut(database: Database) -> None:
    failed, dead = enqueue(), enqueue("mail")
    with after():
        claim().mark_failed("x" * 501)
        claim(channel="mail").mark_dead("x" * 501)
    assert len(stored(failed).error) == len(stored(dead).error) == 500
    assert stored(failed).due_at and stored(dead).dead_at


def test_what_is_put_off_was_no_try(database: Database) -> None:
    message, other = enqueue(), enqueue("mail")
    claimed = claim()
    with after(5):
        assert claimed.is_mine() and claimed.put_off(30)
        assert not claimed.is_mine() and not claimed.put_off(60)
    row = stored(message)
    assert (row.due_at, row.claim, row.tries, stored(other).due_at) == (moment(35), None, 0, moment(0))


def test_the_dead_alone_can_be_retried(database: Database) -> None:
    message, other = enqueue(), enqueue("mail")
    assert not message.retry()
    fail(claim())
    with db.atomic():
        Message.update(status="failed").where(Message.id == message.id).execute()
    claim(HOUR).mark_dead("refused", "theirs")
    claim(channel="mail").mark_dead("refused")
    assert (stored(message).fault, stored(other).fault) == ("theirs", "")
    with after(2 * HOUR):
        assert stored(message).retry() and not stored(message).retry()
    row = stored(message)
    assert (row.due_at, row.dead_at, row.claim) == (moment(2 * HOUR), None, None)
    assert (row.tries, row.failures, row.tried_since, row.round) == (0, 0, None, 1)
    assert (row.status, row.fault) == ("", "")
    assert stored(other).dead_at and claim(2 * HOUR).id == message.id


def test_all_the_dead_are_retried_unless_they_are_too_old(database: Database) -> None:
    dead = [enqueue(), enqueue(expires=101), enqueue(expires=100)]
    for _ in dead:
        claimed = claim()
        claimed.failures = 3
        fail(claimed)
    for _ in dead:
        assert claim(99).mark_dead("refused")
    waiting = enqueue()
    with after(100):
        assert Message.retry_all() == 2
    rows = [stored(message) for message in dead]
    for row in rows[:2]:
        assert (row.due_at, row.dead_at, row.tries, row.failures) == (moment(100), None, 0, 0)
    assert rows[2].dead_at and rows[2].failures == 4
    assert stored(waiting).due_at == moment(0)
