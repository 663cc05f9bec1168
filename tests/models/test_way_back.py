"""While the holder of a former number may take a cabinet back, nobody makes it a part of another one."""

import time_machine
from peewee import Database

from cabinet.models import User, base, merging, profile
from tests.cast import DACHNAYA, LESNAYA, NEW_PHONE, OTHER_PHONE, bill, resident

IP = "192.0.2.1"


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
