"""Requests of a phone without a cabinet: for how long they are of whoever registers with it."""

from dataclasses import replace

import pytest
from peewee import Database

from cabinet.models import ConnectionRequest, base, unclaimed_request
from cabinet.models.database import db
from config import Settings
from tests.cast import OTHER_PHONE, PHONE, resident
from tests.models.clock import DAY, after
from tests.models.test_request import submit


def test_the_latest_of_a_phone_counts_for_ninety_days(database: Database) -> None:
    assert unclaimed_request.latest_of(PHONE) is None
    with after(0):
        submit(key="1")
    with after(10):
        newest = submit(key="2")
        submit(OTHER_PHONE, key="3")
    with after(20):
        assert unclaimed_request.latest_of(PHONE) == newest
    with after(90 * DAY + 9):
        assert unclaimed_request.latest_of(PHONE) == newest
    with after(90 * DAY + 10):
        assert unclaimed_request.latest_of(PHONE) is None


@pytest.mark.settings(prove_again_after=30 * DAY)
def test_it_counts_no_longer_than_a_number_is_taken_for_the_same_persons(database: Database) -> None:
    with after(0):
        newest = submit()
    with after(30 * DAY - 1):
        assert unclaimed_request.latest_of(PHONE) == newest
    with after(30 * DAY):
        assert unclaimed_request.latest_of(PHONE) is None


def test_a_new_resident_gets_the_phones_requests_of_ninety_days(database: Database) -> None:
    boris = resident(OTHER_PHONE)
    with after(0):
        old = submit(key="1")
    with after(10):
        mine, claimed, other = (
            submit(key="2"),
            submit(key="3", user_id=boris.id),
            submit(OTHER_PHONE, key="4"),
        )
    anna = resident()
    with after(90 * DAY), db.atomic():
        unclaimed_request.adopt(PHONE, anna.id)
    owners = {r.id: r.user_id for r in ConnectionRequest.select()}
    assert owners == {old.id: None, mine.id: anna.id, claimed.id: boris.id, other.id: None}


@pytest.mark.parametrize(("least", "days"), [(0, 90), (120, 90), (30, 30)])
def test_it_is_told_the_same_by_a_page_and_by_a_list(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, least: int, days: int
) -> None:
    monkeypatch.setattr(base, "_settings", replace(settings, prove_again_after=least * DAY))
    with after():
        sent = submit()
    for seconds, is_theirs in ((days * DAY - 1, True), (days * DAY, False)):
        with after(seconds):
            assert (unclaimed_request.latest_of(PHONE) == sent) is is_theirs
            assert unclaimed_request.may_be_of(sent, PHONE) is (is_theirs or least != 30)
