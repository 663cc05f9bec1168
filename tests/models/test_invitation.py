"""Invitations by telephone on the models: what is kept and sent, and which of them an event ends."""

from datetime import date, timedelta
from typing import Any

import pytest
from peewee import Database

from cabinet.models import Account, Attempt, Audit, Consent, Invitation, Message, Staff, User, code_streak
from cabinet.models import invitation as module
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.models.invitation import Receipt
from cabinet.models.staff_admin import RightsLostError
from tests.cast import DACHNAYA, LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, SADOVAYA, bill, resident
from tests.models.clock import DAY, HOUR, after, moment

IP, LIFE = "192.0.2.1", 7 * DAY
PERSON: dict[str, Any] = {
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Петровна",
    "birth_date": date(1980, 2, 1),
    "email": "anna@example.org",
}


@pytest.fixture
def olga(database: Database) -> Staff:
    bill()
    return Staff.add("olga@example.org", "clerk", "hash")


def invite(olga: Staff, phone: str = PHONE, account: str = LESNAYA, ip: str = IP) -> Invitation:
    receipt = Receipt(account, date(2026, 10, 1), 421_867)
    made, is_new = module.invite(olga, phone, dict(PERSON), receipt, ("1", "Текст"), ip)
    assert is_new
    return made


def again(made: Invitation) -> Invitation:
    found = Invitation.find(made.id)
    assert found
    return found


def audited() -> list[tuple[str, str, str, str, object]]:
    rows = Audit.select().where(Audit.action.contains("invitation")).order_by(Audit.id)
    return [(row.action, row.actor, row.subject, row.ip, row.detail) for row in rows]


def ends() -> dict[str, tuple[str, object]]:
    """How each ended, by phone and account."""
    return {f"{one.phone} {one.account}": (one.outcome, one.user_id) for one in Invitation.select()}


def test_it_is_kept_in_full_and_an_sms_says_so(olga: Staff) -> None:
    with after():
        made = again(invite(olga))
    assert {name: getattr(made, name) for name in PERSON} == PERSON
    assert (made.phone, made.account, made.period, made.amount) == (
        PHONE,
        LESNAYA,
        date(2026, 10, 1),
        421_867,
    )
    assert (made.asked_by, made.asked_under, made.outcome) == (olga.id, olga.stamp, "")
    assert (made.created_at, made.until, made.opened_at) == (moment(0), moment(LIFE), None)
    sms = Message.get()
    assert (sms.id, sms.channel, sms.template, sms.to) == (made.message, "sms", "invitation", PHONE)
    assert sms.data == {"invitation": made.id} and sms.expires_at == moment(LIFE)
    consent = Consent.get()
    assert (consent.kind, consent.version, consent.phone, consent.registration) == (
        *("consent", "1", PHONE, made.id),
    )
    assert (consent.way, consent.heard_by, consent.ip, consent.user_agent) == ("spoken", olga.id, "", "")
    assert audited() == [("staff-invitation-sent", olga.actor, made.id, IP, {"account": LESNAYA})]


def test_pressed_twice_it_is_one_and_for_another_account_none(olga: Staff) -> None:
    made = invite(olga)
    receipt = Receipt(LESNAYA, date(2026, 9, 1), 1)
    assert module.invite(olga, PHONE, dict(PERSON), receipt, ("1", "Текст"), IP) == (made, False)
    with pytest.raises(module.InvitedOtherwiseError) as otherwise:
        invite(olga, account=SADOVAYA)
    assert otherwise.value.invitation == made and Message.select().count() == 1 == len(audited())
    invite(olga, OTHER_PHONE, SADOVAYA)


def test_nobody_is_invited_who_has_a_cabinet_or_gets_no_codes(olga: Staff) -> None:
    anna = resident(PHONE)
    with pytest.raises(module.KnownPhoneError) as known:
        invite(olga)
    assert known.value.user == anna
    with db.atomic():
        Attempt.add(*[(code_streak.STREAK, NEW_PHONE)] * code_streak.MOST)
    with pytest.raises(module.NoCodesError):
        invite(olga, NEW_PHONE)
    Staff.get_by_id(olga.id).block(True)
    with pytest.raises(RightsLostError):
        invite(olga, OTHER_PHONE)
    assert not Invitation.select().exists() and not Message.select().exists()


def test_sms_are_few_for_a_phone_a_clerk_and_an_office(olga: Staff) -> None:
    boris = Staff.add("boris@example.org", "clerk", "hash")
    with after():
        for _ in range(2):
            assert module.withdraw(invite(olga), olga, IP)
        with pytest.raises(TooManyError):
            invite(boris, ip="198.51.100.1")
        for kind, subject, most in (("invitation-staff", olga.id, 30), ("invitation-ip", IP, 100)):
            with db.atomic():
                Attempt.add(*[(kind, subject)] * (most - Attempt.count(kind, subject, DAY) - 1))
            invite(olga if kind == "invitation-staff" else boris, f"+7916{most:07}")
            with pytest.raises(TooManyError):
                invite(olga if kind == "invitation-staff" else boris, f"+7917{most:07}")
        invite(boris, "+79180000000", ip="198.51.100.1")


def test_it_can_be_used_until_its_time_is_over(olga: Staff) -> None:
    with after():
        made = invite(olga)
    with after(LIFE - 1):
        assert again(made).waits and again(made).live and module.lives(made.id)
        assert Invitation.of(PHONE) == made and Invitation.of(OTHER_PHONE) is None
    with after(LIFE), db.atomic():
        assert not again(made).waits and not module.lives(made.id) and Invitation.of(PHONE) is None
        assert not module.withdraw(made, olga, IP)
        module.deny(made.id, IP)
    assert again(made).outcome == "" and not module.lives("unknown")
    Staff.get_by_id(olga.id).block(True)
    with after(1):
        assert again(made).waits and not again(made).live and Invitation.of(PHONE) is None


def test_the_first_proof_of_the_phone_opens_it_and_brings_its_answers(olga: Staff) -> None:
    with after():
        made, other = invite(olga), invite(olga, OTHER_PHONE, SADOVAYA)
    for seconds in (10, 20):
        with after(seconds), db.atomic():
            found = module.opened(PHONE)
    receipt = {"account": LESNAYA, "period": date(2026, 10, 1), "amount": 421_867}
    assert found == {"invitation": made.id, **receipt, **PERSON}
    assert again(made).opened_at == moment(10) and again(other).opened_at is None
    assert module.opened(NEW_PHONE) == {}
    with after(30), db.atomic():
        Account.delete().where(Account.number == SADOVAYA).execute()
        assert module.opened(OTHER_PHONE) == {} and again(other).opened_at is None


@pytest.mark.parametrize("how", ["withdrawn", "denied"])
def test_it_is_ended_once(olga: Staff, how: str) -> None:
    with after():
        made, other = invite(olga), invite(olga, OTHER_PHONE, SADOVAYA)
    for seconds in (10, 20):
        with after(seconds), db.atomic():
            if how == "denied":
                module.deny(made.id, "203.0.113.9")
            else:
                assert module.withdraw(made, olga, IP) == (seconds == 10)
    row = again(made)
    assert (row.outcome, row.ended_at) == (how, moment(10))
    assert row.ended_by == (olga.id if how == "withdrawn" else None)
    assert again(other).outcome == ""
    with after(20):
        assert not row.waits and again(other).waits
    [told] = audited()[2:]
    assert told == (
        ("staff-invitation-withdrawn", olga.actor, made.id, IP, {"account": LESNAYA})
        if how == "withdrawn"
        else ("invitation-denied", "visitor", made.id, "203.0.113.9", {})
    )


def test_the_newest_counts_where_who_lost_their_rights_has_them_again(olga: Staff) -> None:
    with after():
        invite(olga)
        Staff.get_by_id(olga.id).block(True)
    with after(1):
        newer = invite(Staff.add("boris@example.org", "clerk", "hash"), account=SADOVAYA)
        Staff.get_by_id(olga.id).block(False)
        assert Invitation.of(PHONE) == newer


def test_who_lost_their_rights_withdraws_none(olga: Staff) -> None:
    made = invite(olga)
    Staff.get_by_id(olga.id).block(True)
    with pytest.raises(RightsLostError):
        module.withdraw(made, olga, IP)
    assert again(made).outcome == ""


def test_an_account_that_came_in_ends_those_for_it_and_for_the_phone(olga: Staff) -> None:
    with after():
        own = invite(olga)
        invite(olga, OTHER_PHONE, LESNAYA)
        invite(olga, NEW_PHONE, SADOVAYA)
        invite(olga, "+79160000000", DACHNAYA)
        module.withdraw(invite(olga, "+79160000001", LESNAYA), olga, IP)
    user: User = resident(PHONE)
    with after(10), db.atomic():
        module.settle(user, LESNAYA, own.id, NEW_PHONE)
    assert ends() == {
        f"{PHONE} {LESNAYA}": ("used", user.id),
        f"{OTHER_PHONE} {LESNAYA}": ("overtaken", None),
        f"{NEW_PHONE} {SADOVAYA}": ("overtaken", None),
        f"+79160000000 {DACHNAYA}": ("", None),
        f"+79160000001 {LESNAYA}": ("withdrawn", None),
    }
    assert again(own).ended_at == moment(10)
    with after(20):
        for key in (own.id, "unknown"):
            with pytest.raises(module.OverError):
                module.settle(user, LESNAYA, key)
    assert again(own).ended_at == moment(10)


def test_an_account_that_came_in_otherwise_uses_none(olga: Staff) -> None:
    with after():
        invite(olga)
        invite(olga, OTHER_PHONE, SADOVAYA)
    with after(LIFE + 1), db.atomic():
        module.settle(resident(PHONE), LESNAYA)
    assert {outcome for outcome, _user in ends().values()} == {""}, "they were over"
    with after(HOUR), db.atomic():
        module.settle(User.get(), LESNAYA)
    assert [outcome for outcome, _user in ends().values()] == ["overtaken", ""]


def test_one_that_answers_for_nothing_any_more_brings_no_account(olga: Staff) -> None:
    made = invite(olga)
    user = resident(PHONE)
    Staff.get_by_id(olga.id).block(True)
    with pytest.raises(module.OverError):
        module.settle(user, LESNAYA, made.id)
    other = invite(Staff.add("boris@example.org", "clerk", "hash"), OTHER_PHONE, SADOVAYA)
    with pytest.raises(module.OverError), db.atomic():
        module.settle(user, LESNAYA, other.id)


def test_what_is_forgotten_takes_the_consents_along_that_were_given_for_it_alone(olga: Staff) -> None:
    gone, kept = invite(olga), invite(olga, OTHER_PHONE, SADOVAYA)
    with db.atomic():
        Consent.give("terms", "1", "Текст", PHONE, gone.id, "", "")
        Consent.update(user_id="anna").where(Consent.kind == "terms").execute()
        assert module.forget(Invitation.id == gone.id) == 1
    left = {(one.kind, one.registration) for one in Consent.select()}
    assert left == {("terms", gone.id), ("consent", kept.id)} and Invitation.get() == kept
    assert kept.until - kept.created_at == timedelta(seconds=LIFE)
