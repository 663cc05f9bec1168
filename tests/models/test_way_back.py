"""While the holder of a former number may take a cabinet back, nobody makes it a part of another one."""

import time_machine
from peewee import Database

from cabinet.models import User, WayBack, base, merging, profile
from tests.cast import DACHNAYA, LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, bill, resident

IP = "192.0.2.1"


def moved(user: User, phone: str) -> User:
    profile.change_phone(user, phone, IP, "")
    return User.get_by_id(user.id)


def test_who_moves_it_back_leaves_the_other_number_none(database: Database) -> None:
    """The owner is in by a passkey still; the thief has read in the cabinet what stands on its receipts."""
    bill()
    moved(moved(resident(accounts=[LESNAYA]), NEW_PHONE), PHONE)
    assert not WayBack.select().exists()


def test_of_numbers_that_follow_each_other_the_first_has_one(database: Database) -> None:
    bill()
    anna = moved(moved(resident(accounts=[LESNAYA]), NEW_PHONE), OTHER_PHONE)
    assert [way.phone for way in WayBack.select()] == [PHONE]
    with time_machine.travel(base.now().timestamp() + 14 * 86400 + 1):
        moved(anna, NEW_PHONE)
        assert [way.phone for way in WayBack.select().order_by(WayBack.id)] == [PHONE, OTHER_PHONE]


def test_it_cannot_be_merged_away_meanwhile(database: Database) -> None:
    bill()
    anna, own = resident(accounts=[LESNAYA]), resident(OTHER_PHONE, accounts=[DACHNAYA])
    assert merging.may_merge(own, anna)
    profile.change_phone(anna, NEW_PHONE, IP, "")
    thief = User.get_by_id(anna.id)
    assert not merging.may_merge(own, thief)
    assert merging.may_merge(thief, own), "what it takes up comes back with it"
    with time_machine.travel(base.now().timestamp() + 14 * 86400 + 1):
        assert merging.may_merge(own, thief)
