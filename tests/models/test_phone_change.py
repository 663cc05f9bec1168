"""A number that two of the staff changed: what is kept of it, and what the company's systems are told."""

from contextlib import nullcontext

import peewee
import pytest

from cabinet.models import Audit, Message, OneTimeCode, Staff, User
from cabinet.models.database import db
from cabinet.models.phone_change import NotTwoError, PhoneChange, approve, ask, refuse, withdraw
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.models.clock import DAY, after, moment
from tests.models.codes import IP, send


@pytest.fixture
def change(database: peewee.Database) -> PhoneChange:
    """Asked for by one and approved by another; codes were on their way to three numbers."""
    with after():
        asker, decider = (Staff.add(f"{name}@example.org", "clerk", "hash") for name in ("olga", "ivan"))
    with after(10 * DAY):
        made = ask(resident(), NEW_PHONE, "SIM потеряна", "Паспорт", asker, IP)
        for phone in (PHONE, OTHER_PHONE, NEW_PHONE):
            send(phone)
        approve(made, decider, IP)
    return PhoneChange.get_by_id(made.id)


def test_it_is_kept_as_approved(change: PhoneChange) -> None:
    assert (change.outcome, change.words, change.waits) == ("approved", "", False)
    assert change.decided_by == Staff.get(Staff.email == "ivan@example.org").id
    assert User.get().phone == NEW_PHONE


def test_codes_of_both_its_numbers_are_good_no_more(change: PhoneChange) -> None:
    good = [code.phone for code in OneTimeCode.select() if code.voided_at is None]
    assert good == [OTHER_PHONE]


def test_systems_of_the_company_are_told_both_numbers(change: PhoneChange) -> None:
    [told] = Message.select().where(Message.channel == "staff", Message.template == "profile_changed")
    said = {name: told.data[name] for name in ("user", "what", "before", "phone", "by")}
    assert said == {
        "user": change.user_id,
        "what": "phone",
        "before": PHONE,
        "phone": NEW_PHONE,
        "by": "staff",
    }


def acts() -> list[tuple[str, str, str, object]]:
    rows = Audit.select().where(Audit.action.startswith("staff-phone-change-")).order_by(Audit.id)
    return [(row.action, row.actor, row.ip, row.detail) for row in rows][1:]  # what is asked stands first


def test_who_refused_it_is_on_record(database: peewee.Database) -> None:
    asker, decider = (Staff.add(f"{name}@example.org", "clerk", "hash") for name in ("olga", "ivan"))
    made = ask(resident(), NEW_PHONE, "SIM потеряна", "Паспорт", asker, IP)
    refuse(made, decider, "Паспорт не тот", IP)
    assert acts() == [("staff-phone-change-refused", decider.actor, IP, {"change": made.id})]


def test_only_who_asked_takes_it_back_and_once(database: peewee.Database) -> None:
    asker, other = (Staff.add(f"{name}@example.org", "clerk", "hash") for name in ("olga", "ivan"))
    made = ask(resident(), NEW_PHONE, "SIM потеряна", "Паспорт", asker, IP)
    assert not withdraw(made, other, IP) and PhoneChange.get_by_id(made.id).waits
    assert withdraw(made, asker, IP) and not withdraw(made, asker, IP)
    assert acts() == [("staff-phone-change-withdrawn", asker.actor, IP, {"change": made.id})]


def test_it_waits_to_its_end_and_no_longer(database: peewee.Database) -> None:
    with after():
        asker = Staff.add("olga@example.org", "clerk", "hash")
        made = ask(resident(), NEW_PHONE, "SIM потеряна", "Паспорт", asker, IP)
    life = (made.until - moment(0)).total_seconds()
    for seconds, waits in ((life - 1, True), (life, False)):
        with after(seconds):
            assert (made.waits, PhoneChange.waiting() == [made]) == (waits, waits)


def joined(name: str, days: float, by: str = "staff:admin", act: str = "staff-added") -> Staff:
    """One of the staff, whom somebody let in so many days before the change is decided."""
    with after(-days * DAY), db.atomic():
        made = Staff.create(email=f"{name}@example.org", role="clerk", password_hash="hash")
        Audit.record(act, by, made.id)
    return made


def try_to_approve(change: PhoneChange, decider: Staff, two: bool) -> None:
    """They approve it if they and who asked are two persons; else they are refused."""
    with nullcontext() if two else pytest.raises(NotTwoError):
        approve(change, decider, IP)


@pytest.mark.parametrize("lets_in", ["asker", "decider"])
@pytest.mark.parametrize(("days", "two"), [(7, True), (7 - 1 / DAY, False)])
def test_who_was_let_in_by_the_other_is_a_person_of_their_own_after_a_week(
    database: peewee.Database, lets_in: str, days: float, two: bool
) -> None:
    first = joined("first", 30)
    second = joined("second", days, first.actor)
    asker, decider = (first, second) if lets_in == "asker" else (second, first)
    with after(-DAY / 24):
        made = ask(resident(), NEW_PHONE, "SIM потеряна", "Паспорт", asker, IP)
    with after():
        try_to_approve(made, decider, two)
    assert User.get().phone == (NEW_PHONE if two else PHONE)


@pytest.mark.parametrize(("seconds", "two"), [(0, False), (1, True)])
def test_who_came_in_no_sooner_than_it_was_asked_does_not_decide(
    database: peewee.Database, seconds: int, two: bool
) -> None:
    asker, decider = joined("asker", 30), joined("decider", 1)
    with after(-DAY + seconds):
        made = ask(resident(), NEW_PHONE, "SIM потеряна", "Паспорт", asker, IP)
    with after():
        try_to_approve(made, decider, two)


def test_all_that_waits_is_shown_and_the_oldest_first(database: peewee.Database) -> None:
    asker, changes = Staff.add("olga@example.org", "clerk", "hash"), []
    for number in (2, 0, 1):
        with after(number):
            anna = resident(f"+7916000000{number}")
            changes.append(ask(anna, f"+7999000000{number}", "SIM потеряна", "Паспорт", asker, IP))
    with after(3):
        withdraw(changes[0], asker, IP)
        assert PhoneChange.waiting() == changes[1:]


def test_who_was_there_before_the_journal_decides(database: peewee.Database) -> None:
    with db.atomic():
        decider = Staff.create(email="old@example.org", role="clerk", password_hash="hash")
    asker = joined("asker", 0.5, "staff:admin")
    made = ask(resident(), NEW_PHONE, "SIM потеряна", "Паспорт", asker, IP)
    approve(made, decider, IP)
    assert User.get().phone == NEW_PHONE
