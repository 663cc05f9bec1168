"""An erasure takes nothing of whoever had the number before the resident."""

from datetime import timedelta

import pytest
from peewee import Database

from cabinet.models import ConnectionRequest, DataRequest, Invitation, departure
from cabinet.models.base import now
from cabinet.models.database import db
from tests.cast import LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.models.test_request import submit


@pytest.mark.parametrize(
    ("last_name", "kept"), [("Бывшая", True), ("Иванова", False), ("ИВАНОВА", False), ("", True)]
)
def test_a_request_from_before_the_number_goes_where_it_bears_the_name(
    database: Database, last_name: str, kept: bool
) -> None:
    submit(PHONE, key="1", last_name=last_name, first_name="Анна")
    with db.atomic():
        ConnectionRequest.update(created_at=now() - timedelta(days=100)).execute()
    anna = resident(PHONE)
    later = submit(PHONE, key="2", last_name="Другая")
    with db.atomic():
        at_once = ConnectionRequest.update(created_at=anna.created_at)
        at_once.where(ConnectionRequest.id == later.id).execute()
    assert ConnectionRequest.select().count() == 2
    departure.erase(anna)
    assert [one.last_name for one in ConnectionRequest.select()] == ([last_name] if kept else [])


def test_of_invitations_only_those_go_that_wait_for_the_number(database: Database) -> None:
    anna, boris = resident(PHONE), resident(NEW_PHONE)
    who = {"last_name": "Ёжикова", "first_name": "Анна", "asked_by": "x", "asked_under": "x"}
    receipt = {"account": LESNAYA, "period": now().date(), "amount": 1}
    with db.atomic():
        for phone, user in ((PHONE, None), (PHONE, boris), (OTHER_PHONE, None)):
            Invitation.create(phone=phone, user=user, until=now(), **who, **receipt)
    departure.erase(anna)
    left = [(one.phone, one.user_id) for one in Invitation.select().order_by(Invitation.phone)]
    assert sorted(left) == sorted([(PHONE, boris.id), (OTHER_PHONE, None)])


def test_what_staff_recorded_of_the_number_before_stays(database: Database) -> None:
    days = {"came_on": now().date(), "until": now().date()}
    texts = {"kind": "withdraw", "way": "post", "words": "1", "recorded_by": "s"}
    with db.atomic():
        before = DataRequest.create(user=None, phone=PHONE, **texts, **days)
    anna = resident(PHONE)
    with db.atomic():
        DataRequest.create(user=anna, phone=PHONE, **texts, **days)
    departure.erase(anna)
    assert [one.id for one in DataRequest.select()] == [before.id]
