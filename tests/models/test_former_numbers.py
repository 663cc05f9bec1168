"""Until when a number of before was a resident's: to the next change, else as long as it was seen."""

from typing import Any

import pytest
from peewee import Database

from cabinet.models import AccountEvent, Audit
from cabinet.models.database import db
from cabinet.models.former_numbers import left, seen_at
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.models.clock import after, moment


def changed(at: float, action: str, actor: str, subject: str = "") -> None:
    with after(at), db.atomic():
        Audit.record(action, actor, subject)


@pytest.mark.parametrize(
    ("action", "actor", "subject", "counts"),
    [
        ("phone-changed", "user:{}", "", True),
        ("phone-taken-back", "user:{}", "", True),
        ("staff-phone-changed", "staff:1", "{}", True),
        ("number-passed-on", "system", "{}", True),
        ("staff-phone-changed", "staff:1", "another", False),
        ("phone-changed", "user:another", "", False),
        ("email-changed", "user:{}", "", False),
    ],
)
def test_it_ends_with_the_first_change_after_it_was_seen(
    database: Database, action: str, actor: str, subject: str, counts: bool
) -> None:
    anna = resident(PHONE)
    for at in (5, 20, 30):
        changed(at, action, actor.format(anna.id), subject.format(anna.id))
    seen = {PHONE: moment(10), OTHER_PHONE: moment(10), NEW_PHONE: moment(40)}
    ended = moment(20 if counts else 10)
    assert left(anna, [anna.id], seen) == {OTHER_PHONE: ended, NEW_PHONE: moment(40)}
    assert left(anna, ["another"], {OTHER_PHONE: moment(20)}) == {OTHER_PHONE: moment(20)}


def test_a_number_was_seen_when_anything_of_theirs_last_bore_it(database: Database) -> None:
    anna, boris = resident(PHONE), resident(OTHER_PHONE)
    for at, phone, user in ((1, PHONE, anna), (2, PHONE, anna), (3, PHONE, boris), (4, NEW_PHONE, anna)):
        with after(at), db.atomic():
            AccountEvent.record("signed-in", phone, "192.0.2.1", user_id=user.id)
    rows: list[Any] = [AccountEvent(phone=NEW_PHONE, at=moment(3)), AccountEvent(phone="+7916", at=moment(9))]
    assert seen_at(anna, rows) == {PHONE: moment(2), NEW_PHONE: moment(4), "+7916": moment(9)}
