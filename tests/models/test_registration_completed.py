"""What comes of a registration in the end: a resident, and who is told."""

import hashlib

import pytest

from cabinet.models import AccountLink, Audit, ConnectionRequest, Consent, EmailLink, Message, User
from cabinet.models.registered import PhoneTakenError
from tests.cast import AMOUNTS, LESNAYA, OTHER_PHONE, PERIODS, PHONE, resident, told
from tests.models.clock import HOUR, after, moment
from tests.models.registering import CONSENT, IP, PROFILE, TERMS, begin, fresh, ready
from tests.models.test_request import submit

pytestmark = pytest.mark.usefixtures("billed")


def test_it_ends_with_a_resident_who_sees_the_account() -> None:
    with after():
        registration = ready(locale="en")
        user = registration.complete("hash", IP)
    row = User.get()
    assert user == row and row.created_at == moment(0)
    assert {name: getattr(row, name) for name in PROFILE} == PROFILE
    assert (row.phone, row.password_hash, row.locale) == (PHONE, "hash", "en")
    assert [(link.user_id, link.account_id) for link in AccountLink.select()] == [(row.id, LESNAYA)]
    assert (fresh(registration).user, fresh(registration).completed_at) == (row, moment(0))
    audit = Audit.get()
    assert (audit.action, audit.actor) == ("registered", f"user:{row.id}")
    assert (audit.subject, audit.ip) == (row.id, IP)


def test_the_consents_and_requests_become_the_residents() -> None:
    begin(OTHER_PHONE)
    mine, theirs = submit(), submit(OTHER_PHONE)
    user = ready().complete("hash", IP)
    assert [c.user_id for c in Consent.select().order_by(Consent.at)] == [None, user.id, user.id]
    assert ConnectionRequest.get_by_id(mine.id).user_id == user.id
    assert ConnectionRequest.get_by_id(theirs.id).user_id is None


def test_the_address_is_to_be_confirmed_and_the_other_holders_are_told() -> None:
    other = resident(OTHER_PHONE, accounts=[LESNAYA])
    user = ready().complete("hash", IP)
    assert EmailLink.get().user_id == user.id and told("anna@example.org") == ["confirm_email"]
    assert told(other.email) == ["account_linked_by_other"]


def test_the_staff_get_all_of_it() -> None:
    begin(OTHER_PHONE)
    with after():
        user = ready().complete("hash", IP)
    message = Message.get(Message.channel == "staff")
    consents = message.data.pop("consents")
    assert message.template == "registered"
    assert message.data == {
        **PROFILE,
        "user": user.id,
        "phone": PHONE,
        "birth_date": "1980-02-01",
        "account": LESNAYA,
        "address": "г. Москва, ул. Лесная, д. 5, кв. 12",
        "period": PERIODS[-1].isoformat(),
        "amount": AMOUNTS[LESNAYA],
        "registered_at": moment(0).isoformat(),
    }
    digests = [hashlib.sha256(text.encode()).hexdigest() for _, text in (CONSENT, TERMS)]
    assert consents == [
        {"kind": "consent", "version": "1", "sha256": digests[0], "at": moment(0).isoformat()},
        {"kind": "terms", "version": "2", "sha256": digests[1], "at": moment(0).isoformat()},
    ]


def test_pressed_twice_it_makes_one_resident() -> None:
    registration = ready()
    first = registration.complete("hash", IP)
    assert registration.complete("other", IP) == first and User.get().password_hash == "hash"
    assert told("staff") == ["registered"]


def test_a_phone_that_got_a_cabinet_meanwhile_is_taken() -> None:
    registration, other = ready(), ready()
    registration.complete("hash", IP)
    with after(HOUR), pytest.raises(PhoneTakenError):
        other.complete("hash", IP)
    assert not fresh(other).completed_at and User.select().count() == 1


def test_completing_one_leaves_the_others_open() -> None:
    registration, other = ready(), ready(OTHER_PHONE)
    registration.complete("hash", IP)
    row = fresh(other)
    assert row.step == "password" and row.user is None


def test_who_proved_the_phone_by_less_than_its_sim_gets_nothing_that_waits_for_it() -> None:
    asked, registration = submit(), ready()
    registration.proved_by = "max"
    registration.complete("hash", IP)
    assert ConnectionRequest.get_by_id(asked.id).user_id is None
