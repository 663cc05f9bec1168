"""Registrations: the step in turn, what each answer keeps."""

import pytest

from cabinet.models import Attempt, Consent, Invitation, Registration, Staff
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.models.look_up import look_up
from cabinet.models.registration import STEPS
from tests.cast import AMOUNTS, LESNAYA, OTHER_PHONE, PERIODS, PHONE, SADOVAYA
from tests.models.clock import DAY, after, moment
from tests.models.registering import BROWSER, CONSENT, IP, PROFILE, TERMS, WALK, begin, fresh, match, ready
from tests.models.test_invitation import invite
from tests.models.test_request import submit

pytestmark = pytest.mark.usefixtures("billed")


def test_it_begins_with_a_phone_and_a_consent() -> None:
    with after():
        registration = begin(locale="en")
    row, consent = fresh(registration), Consent.get()
    assert (row.phone, row.locale, row.created_at, row.step) == (PHONE, "en", moment(0), "code")
    assert (consent.kind, consent.version, consent.text.text) == ("consent", *CONSENT)
    assert (consent.phone, consent.registration, consent.ip) == (PHONE, row.id, IP)
    assert consent.user_agent == BROWSER


def test_each_answer_leads_to_the_next_step() -> None:
    registration = begin()
    for number, answer in enumerate(WALK):
        row = fresh(registration)
        assert row.step == STEPS[number]
        assert [row.may_see(step) for step in STEPS] == [place <= number for place in range(5)]
        answer(row)
    row = fresh(registration)
    assert row.step == "password" and all(row.may_see(step) for step in STEPS)
    row.complete("hash", IP)
    assert fresh(row).step == "done" and not any(fresh(row).may_see(step) for step in STEPS)


def test_it_may_take_two_hours() -> None:
    with after():
        registration, _other = begin(), begin(OTHER_PHONE)
    with after(7199):
        assert Registration.find(registration.id) == registration
    with after(7200):
        assert Registration.find(registration.id) is None
    assert Registration.find("unknown") is Registration.find("") is Registration.find(None) is None


def test_a_request_of_the_phone_fills_the_profile_in_advance() -> None:
    submit()
    registration = begin()
    with after():
        registration.verify_phone()
    row = fresh(registration)
    assert row.phone_verified_at == moment(0)
    assert (row.last_name, row.first_name, row.middle_name) == ("Иванова", "Анна", "Петровна")
    assert row.email == "anna@example.org" and row.profile_at is None


def test_without_a_request_nothing_is_filled_in() -> None:
    submit(OTHER_PHONE)
    registration = begin()
    registration.verify_phone()
    row = fresh(registration)
    assert row.phone_verified_at and (row.last_name, row.first_name, row.email) == ("", "", "")


def test_what_was_typed_is_not_replaced_by_a_request() -> None:
    submit(first_name="Другая", last_name="Другова")
    registration = ready()
    registration.verify_phone()
    assert (fresh(registration).last_name, fresh(registration).first_name) == ("Иванова", "Анна")


def test_an_account_is_kept_with_what_was_typed() -> None:
    registration = begin()
    assert match(registration)
    row = fresh(registration)
    assert (row.account_id, row.period, row.amount) == (LESNAYA, PERIODS[-1], AMOUNTS[LESNAYA])
    assert not Attempt.select().exists(), "a hit is no miss"


def test_another_account_asks_for_its_address_anew() -> None:
    registration = ready()
    assert match(registration)
    assert fresh(registration).step == "address" and fresh(registration).profile_at


def test_a_miss_keeps_what_was_found_before() -> None:
    registration = ready()
    assert not match(registration, SADOVAYA)
    assert fresh(registration).account_id == LESNAYA and fresh(registration).step == "password"


def test_yes_and_no_to_the_address() -> None:
    registration = begin()
    registration.verify_phone()
    match(registration)
    with after():
        registration.confirm_address()
    assert fresh(registration).address_confirmed_at == moment(0)
    registration.deny_address("192.0.2.1")
    row = fresh(registration)
    assert (row.step, row.account_id, row.address_confirmed_at) == ("account", None, None)


@pytest.mark.parametrize(
    ("kind", "subject"),
    [("lookup-phone", PHONE), ("lookup-account", "999"), ("lookup-ip", "2001:db8::/64")],
)
def test_a_miss_is_counted(kind: str, subject: str) -> None:
    assert look_up(PHONE, PERIODS[-1], "999", 1, IP) is None
    assert Attempt.count(kind, subject, DAY) == 1 and Attempt.select().count() == 3


@pytest.mark.settings(lookup_per_user_hour=2)
def test_after_too_many_misses_even_a_hit_is_refused() -> None:
    for number in ("998", "999"):
        look_up(PHONE, PERIODS[-1], number, 1, IP)
    with pytest.raises(TooManyError):
        match(begin())
    assert look_up(OTHER_PHONE, PERIODS[-1], LESNAYA, AMOUNTS[LESNAYA], "192.0.2.1")


def test_the_profile_accepts_the_terms() -> None:
    registration = begin()
    with after():
        registration.fill_profile(PROFILE, TERMS, IP, BROWSER)
    row, terms = fresh(registration), Consent.get(Consent.kind == "terms")
    assert {name: getattr(row, name) for name in PROFILE} == PROFILE and row.profile_at == moment(0)
    assert (terms.version, terms.text.text, terms.phone) == (*TERMS, PHONE)
    assert (terms.registration, terms.ip, terms.user_agent) == (row.id, IP, BROWSER)


def test_answers_of_two_tabs_do_not_undo_each_other() -> None:
    registration = begin()
    first, second = fresh(registration), fresh(registration)
    first.fill_profile(PROFILE, TERMS, IP, BROWSER)
    second.verify_phone()
    assert fresh(registration).birth_date == PROFILE["birth_date"] and fresh(registration).phone_verified_at


def test_what_a_clerk_wrote_down_counts_before_what_the_phone_asked_for() -> None:
    submit(PHONE, last_name="Прежняя", first_name="Алла")
    made = invite(Staff.add("olga@example.org", "clerk", "hash"))
    registration = begin()
    with db.atomic():
        registration.verify_phone()
    assert registration.invitation == made.id
    assert (registration.last_name, registration.first_name) == ("Иванова", "Анна")


@pytest.mark.parametrize("typed", [False, True])
def test_an_invitation_that_is_over_takes_along_what_was_not_typed(typed: bool) -> None:
    invite(Staff.add("olga@example.org", "clerk", "hash"))
    registration = begin()
    with db.atomic():
        registration.verify_phone()
    if typed:
        registration.fill_profile({**PROFILE, "last_name": "Своя"}, TERMS, IP, BROWSER)
    with db.atomic():
        Invitation.update(outcome="withdrawn").execute()
        assert not fresh(registration).keeps_invitation()
    row = fresh(registration)
    assert (row.last_name, row.first_name) == (("Своя", PROFILE["first_name"]) if typed else ("", ""))
    assert (row.birth_date is not None) is typed and row.account_id is None


def test_who_proved_a_receipt_already_opens_no_invitation() -> None:
    invite(Staff.add("olga@example.org", "clerk", "hash"))
    registration = begin()
    with db.atomic():
        assert registration.match_account(PERIODS[-1], SADOVAYA, AMOUNTS[SADOVAYA], IP)
        registration.verify_phone()
    assert fresh(registration).invitation is None and fresh(registration).account_id == SADOVAYA
    assert Invitation.get().opened_at is None
