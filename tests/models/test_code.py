"""One-time codes: what a guess costs, what is over when."""

import pytest
from peewee import Database

from cabinet.models import AccountEvent, Attempt, Message, OneTimeCode
from cabinet.models.code import Verdict
from tests.cast import OTHER_PHONE, PHONE
from tests.models.clock import DAY, after, moment
from tests.models.codes import AT_ONCE, IP, guess_wrong, send, stored


def test_a_code_goes_out_by_sms_without_its_digits(database: Database) -> None:
    with after():
        code = OneTimeCode.send("recovery", PHONE, IP, "en")
    sms, event = Message.get(), AccountEvent.get()
    assert (event.kind, event.phone, event.ip) == ("code-sent", PHONE, IP)
    assert event.detail == {"purpose": "recovery", "way": "sms"}
    assert (sms.channel, sms.template, sms.to, sms.locale) == ("sms", "code", PHONE, "en")
    assert sms.data == {"code": code.id, "purpose": "recovery"} and code.digits not in str(sms.__data__)
    assert sms.expires_at == stored(code).expires_at == moment(600)
    assert (stored(code).purpose, stored(code).phone, stored(code).message) == ("recovery", PHONE, sms.id)


@pytest.mark.settings(secret_key_fallbacks=("the key of before",))
def test_it_is_right_once_and_then_used(database: Database) -> None:
    code = send()
    assert code.live
    assert code.verify(code.digits) is Verdict.RIGHT and code.used_at and not code.live
    assert code.verify(code.digits) is Verdict.USED
    assert stored(code).used_at == code.used_at


def test_a_right_code_is_no_wrong_one_of_the_day(database: Database) -> None:
    code = send()
    guess_wrong(code, 2)
    assert Attempt.count("wrong-code", PHONE, DAY) == 2
    code.verify(code.digits)
    assert Attempt.count("wrong-code", PHONE, DAY) == 2 and code.tries == 3


def test_five_guesses_are_all(database: Database) -> None:
    code = send()
    guess_wrong(code, 4)
    assert code.tries_left() == 1 and code.live
    guess_wrong(code, 1)
    assert code.tries_left() == 0 and not code.live
    assert code.verify(code.digits) is Verdict.TOO_MANY and not stored(code).used_at
    assert stored(code).tries == 5


def test_the_last_guess_may_be_right(database: Database) -> None:
    code = send()
    guess_wrong(code, 4)
    assert code.verify(code.digits) is Verdict.RIGHT


def test_it_lives_for_ten_minutes(database: Database) -> None:
    with after():
        code, other = send(), send(OTHER_PHONE)
    with after(599):
        assert other.live and code.verify(code.digits) is Verdict.RIGHT
    with after(600):
        assert not other.live
        assert other.verify(other.digits) is Verdict.EXPIRED and not stored(other).tries


@AT_ONCE
def test_the_code_that_is_replaced_dies_and_no_other(database: Database) -> None:
    first, other = send(), send()
    second = send(replaces=first)
    assert first.verify(first.digits) is Verdict.EXPIRED
    assert other.verify(other.digits) is second.verify(second.digits) is Verdict.RIGHT


@AT_ONCE
def test_a_code_that_was_used_is_not_replaced(database: Database) -> None:
    first = send()
    first.verify(first.digits)
    send(replaces=first)
    assert not stored(first).voided_at, "what it proved still holds"


def test_all_codes_of_a_phone_can_be_voided(database: Database) -> None:
    with after():
        mine, theirs = send(), send(OTHER_PHONE)
        OneTimeCode.void_all(PHONE)
        assert stored(theirs).live and not stored(mine).live
    with after(5):
        OneTimeCode.void_all(PHONE)
        assert mine.verify(mine.digits) is Verdict.EXPIRED
        assert theirs.verify(theirs.digits) is Verdict.RIGHT
    assert stored(mine).voided_at == moment(0), "the first time counts"


def test_what_it_proved_holds_for_a_time(database: Database) -> None:
    with after():
        code = send()
        assert not code.used_within(60)
        code.verify(code.digits)
    with after(59):
        assert code.used_within(60)
    with after(60):
        assert not code.used_within(60)


@pytest.mark.settings(code_wrong_per_phone_day=3, code_resend_waits=())
def test_a_phone_has_so_many_wrong_codes_a_day_and_two_of_every_code_beyond(database: Database) -> None:
    with after():
        first = send()
        guess_wrong(first, 2)
        assert first.tries_left() == 1, "one of the day's three"
        guess_wrong(first, 1)
        assert first.tries_left() == 0 and first.verify(first.digits) is Verdict.TOO_MANY
        second = send()
        assert second.tries_left() == 2
        guess_wrong(second, 1)
        assert second.tries_left() == 1
        guess_wrong(second, 1)
        assert second.tries_left() == 0 and second.verify(second.digits) is Verdict.TOO_MANY
        third = send()
        guess_wrong(third, 1)
        assert third.verify(third.digits) is Verdict.RIGHT
        assert Attempt.count("wrong-code", PHONE, DAY) == 3, "what is beyond is not counted, nor given back"
    with after(DAY - 1):
        last = send()
        guess_wrong(last, 2)
        assert last.verify(last.digits) is Verdict.TOO_MANY
    with after(DAY):
        assert send().tries_left() == 3


@pytest.mark.settings(code_wrong_per_phone_day=1, code_tries=1, code_resend_waits=())
def test_the_two_are_not_more_than_a_code_has(database: Database) -> None:
    guess_wrong(send(), 1)
    code = send()
    assert code.tries_left() == 1
    guess_wrong(code, 1)
    assert code.verify(code.digits) is Verdict.TOO_MANY


@pytest.mark.settings(code_wrong_per_phone_day=3, code_resend_waits=())
def test_a_browser_of_the_resident_has_wrong_codes_of_its_own(database: Database) -> None:
    guess_wrong(send(), 3)
    code = send()
    assert (code.tries_left(), code.tries_left("own")) == (2, 3)
    guess_wrong(code, 1, "own")
    assert code.tries_left("own") == 2
    assert Attempt.count("wrong-code", PHONE, DAY) == 3
    assert code.verify(code.digits, "own") is Verdict.RIGHT
    assert Attempt.select().where(Attempt.kind == "wrong-code").count() == 4, "its own is given back"
