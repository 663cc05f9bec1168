"""Marks of who has a request open: whose, since when, and how long they count, to the second."""

import pytest
from peewee import Database

from cabinet.models import ConnectionRequest
from cabinet.models.presence import LIVE, RENEWED, Presence, come, forget_gone, leave, others
from tests.cast import OTHER_PHONE
from tests.models.clock import after, moment
from tests.models.test_request import submit

LONG, SHORT = LIVE.total_seconds(), RENEWED.total_seconds()
ANNA, BORIS, VERA = "anna", "boris", "vera"


@pytest.fixture
def one(database: Database) -> int:
    """A request."""
    with after():
        return id_of(submit())


@pytest.fixture
def two(one: int) -> int:
    """And another."""
    with after():
        return id_of(submit(OTHER_PHONE, "other"))


def id_of(request: ConnectionRequest) -> int:
    found: int = request.id
    return found


def seen_by(staff: str) -> list[tuple[str, int]]:
    """Who else looks at what, as that person is told."""
    return [(mark.staff, mark.request_id) for mark in others(staff)]


def test_a_mark_is_renewed_with_what_is_new_and_keeps_its_beginning(one: int) -> None:
    with after():
        come(one, ANNA)
    with after(SHORT - 1):
        come(one, ANNA)
        assert Presence.get().seen_at == moment(0), "a young one is left as it is"
        come(one, ANNA, writing=True)
        assert (Presence.get().seen_at, Presence.get().writing) == (moment(SHORT - 1), True)
    with after(2 * SHORT - 1):
        come(one, ANNA, writing=True)
    mark = Presence.get()
    assert (mark.since, mark.seen_at, mark.writing) == (moment(0), moment(2 * SHORT - 1), True)


def test_who_comes_back_after_the_mark_has_ended_begins_anew(one: int) -> None:
    with after():
        come(one, ANNA)
    with after(LONG):
        come(one, ANNA)
    assert (Presence.get().since, Presence.get().seen_at) == (moment(LONG), moment(LONG))


def test_each_request_and_each_person_has_a_mark_of_its_own(one: int, two: int) -> None:
    with after():
        come(one, ANNA)
        come(one, BORIS, writing=True)
    with after(1):
        come(two, ANNA, writing=True)
        come(one, ANNA)
    marks = {(m.request_id, m.staff): (m.since, m.seen_at, m.writing) for m in Presence.select()}
    assert marks == {
        (one, ANNA): (moment(0), moment(0), False),
        (one, BORIS): (moment(0), moment(0), True),
        (two, ANNA): (moment(1), moment(1), True),
    }


def test_whoever_leaves_a_request_stays_at_others_and_nobody_else_leaves(one: int, two: int) -> None:
    with after():
        for request, staff in ((one, ANNA), (two, ANNA), (one, BORIS)):
            come(request, staff)
        leave(one, ANNA)
        assert {(m.request_id, m.staff) for m in Presence.select()} == {(two, ANNA), (one, BORIS)}


def test_a_mark_counts_until_its_time_is_over(one: int) -> None:
    with after(1):
        come(one, BORIS)
    with after():
        come(one, ANNA)
    with after(LONG - 1):
        assert seen_by(VERA) == [(ANNA, one), (BORIS, one)], "who came first is first"
        assert seen_by(ANNA) == [(BORIS, one)]
    with after(LONG):
        assert seen_by(VERA) == [(BORIS, one)]
        assert forget_gone() == 0
    with after(LONG + 1):
        assert forget_gone() == 1 and Presence.get().staff == BORIS
