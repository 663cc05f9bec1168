"""While the holder of a former number may take a cabinet back, nobody makes it a part of another one."""

import pytest
import time_machine
from peewee import Database

from cabinet.models import Account, Audit, Registration, User, WayBack, base, linking, merging, profile
from cabinet.models.database import db
from cabinet.models.taking_back import take_back
from tests.cast import DACHNAYA, LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, SADOVAYA, bill, resident
from tests.models.clock import DAY, after

IP = "192.0.2.1"


def moved(user: User, phone: str) -> User:
    profile.change_phone(user, phone, IP, "")
    return User.get_by_id(user.id)


def ways() -> list[str]:
    return [way.phone for way in WayBack.select().order_by(WayBack.id)]


def test_who_moves_it_back_leaves_the_other_number_none(database: Database) -> None:
    """The owner is in by a passkey still; the thief has read in the cabinet what stands on its receipts."""
    bill()
    moved(moved(resident(accounts=[LESNAYA]), NEW_PHONE), PHONE)
    assert not WayBack.select().exists()


def test_of_numbers_that_follow_each_other_each_has_one(database: Database) -> None:
    bill()
    anna = moved(moved(resident(accounts=[LESNAYA]), NEW_PHONE), OTHER_PHONE)
    assert ways() == [PHONE, NEW_PHONE]
    with time_machine.travel(base.now().timestamp() + 14 * 86400 + 1):
        moved(anna, "+79160000000")
        assert ways() == [PHONE, NEW_PHONE, OTHER_PHONE]
        assert WayBack.is_open(anna)


def test_coming_back_to_one_ends_what_followed(database: Database) -> None:
    bill()
    anna = moved(moved(moved(resident(accounts=[LESNAYA]), NEW_PHONE), OTHER_PHONE), NEW_PHONE)
    assert ways() == [PHONE], "whoever had the first of them has it still"
    moved(anna, PHONE)
    assert ways() == []


def test_coming_back_to_one_that_is_over_ends_nothing(database: Database) -> None:
    """It waits to be purged; the way of a number that was left since is alive."""
    bill()
    with time_machine.travel(base.now().timestamp() - 15 * 86400):
        anna = moved(resident(accounts=[LESNAYA]), NEW_PHONE)
    moved(moved(anna, OTHER_PHONE), PHONE)
    assert ways() == [PHONE, NEW_PHONE, OTHER_PHONE]


def test_a_passkey_from_before_a_number_is_no_thiefs(database: Database) -> None:
    """The owner comes in by it and takes another number: whoever put one in meanwhile has no way back."""
    bill()
    anna = resident(accounts=[LESNAYA])
    passkey = base.now()
    thief = moved(moved(anna, NEW_PHONE), OTHER_PHONE)
    moved(resident("+79160000001", accounts=[DACHNAYA]), "+79160000002")
    profile.change_phone(thief, "+79160000000", IP, "", passkey)
    assert ways() == [PHONE, "+79160000001"], "another resident's is nobody's business here"


def test_it_opens_by_accounts_that_were_taken_off_since_then_and_by_none_from_before(
    database: Database,
) -> None:
    bill()
    anna = resident(accounts=[LESNAYA, DACHNAYA, SADOVAYA])
    with time_machine.travel(base.now().timestamp() - 15 * 86400):
        linking.unlink(anna, Account.get_by_id(SADOVAYA), IP)
    linking.unlink(anna, Account.get_by_id(DACHNAYA), IP)
    profile.rename(anna, "Иванова", "Анна", "", IP)
    moved(anna, NEW_PHONE)
    assert WayBack.get().accounts == sorted([LESNAYA, DACHNAYA])
    assert WayBack.of(Registration(phone=PHONE, account=DACHNAYA))
    for less in ({"account": None}, {"account": SADOVAYA}, {"phone": OTHER_PHONE}):
        assert not WayBack.of(Registration(**{"phone": PHONE, "account": DACHNAYA, **less}))
    for other in ({"invitation": "x"}, {"proved_by": "max"}, {"replaces": "x"}):
        assert not WayBack.of(Registration(phone=PHONE, account=DACHNAYA, **other))


def test_however_late_they_come(database: Database) -> None:
    bill()
    anna, passkey = resident(accounts=[LESNAYA]), base.now()
    thief = moved(anna, NEW_PHONE)
    with time_machine.travel(base.now().timestamp() + 40 * 86400):
        with db.atomic():
            WayBack.delete().where(WayBack.over()).execute()
        profile.change_phone(moved(thief, OTHER_PHONE), "+79160000000", IP, "", passkey)
        assert not ways()


def test_a_passkey_that_was_added_to_a_cabinet_takes_no_way_from_its_number(database: Database) -> None:
    bill()
    profile.change_phone(resident(accounts=[LESNAYA]), NEW_PHONE, IP, "", base.now())
    assert ways() == [PHONE]


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


@pytest.mark.parametrize(("earlier", "stays"), [(0, True), (-1, False)])
def test_an_address_put_in_so_long_before_the_number_left_stays_confirmed(
    database: Database, earlier: int, stays: bool
) -> None:
    """Twice as long as a number has a way back; one that is put in later may be a thief's."""
    bill()
    with after(-28 * DAY - earlier):
        anna = resident(accounts=[LESNAYA])
        with db.atomic():
            Audit.record("email-changed", f"user:{anna.id}", anna.id)
    with after(0):
        moved(anna, NEW_PHONE)
    with after(DAY):
        take_back(Registration(phone=PHONE, account=LESNAYA), IP)
    assert bool(User.get().email_confirmed_at) is stays


@pytest.mark.parametrize(("seconds", "over"), [(14 * DAY - 1, False), (14 * DAY, True)])
def test_it_is_over_at_one_moment_for_all(database: Database, seconds: int, over: bool) -> None:
    bill()
    with after():
        anna = moved(resident(accounts=[LESNAYA]), NEW_PHONE)
    draft = Registration(phone=PHONE, account=LESNAYA)
    with after(seconds):
        assert WayBack.select().where(WayBack.over()).exists() is over
        assert [bool(WayBack.all_of(anna)), WayBack.is_open(anna), bool(WayBack.of(draft))] == [not over] * 3
