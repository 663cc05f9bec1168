"""A code goes another way, is taken back, and counts: what each leaves behind."""

import pytest
from peewee import Database

from cabinet.models import AccountEvent, Attempt, DeliveryTry, Message, OneTimeCode
from cabinet.models.attempt import EVERYBODY, TooManyError, network
from cabinet.models.code import Verdict
from cabinet.models.code_limits import NetworkFullError, may_count_sms
from cabinet.models.code_streak import STREAK
from cabinet.models.database import db
from cabinet.models.fate import State
from tests.cast import OTHER_PHONE, PHONE
from tests.models.clock import DAY, HOUR, after, moment
from tests.models.codes import AT_ONCE, IP, guess_wrong, refused, send, stored


def counted(*kinds: str, phone: str = PHONE) -> list[int]:
    return [Attempt.count(kind, phone, DAY) for kind in kinds]


def test_a_code_is_found_by_its_id_alone(database: Database) -> None:
    code = send()
    send(OTHER_PHONE)
    assert OneTimeCode.find(code.id) == code
    assert OneTimeCode.find("unknown") is OneTimeCode.find("") is OneTimeCode.find(None) is None


@AT_ONCE
def test_the_same_digits_go_another_way_for_as_long_as_they_are_good(database: Database) -> None:
    with after():
        code = send(known=True)
    sms = code.message
    with after(60):
        again = stored(code)
        again.repeat("call", "192.0.2.9", "en", known=True)
    call = Message.get(Message.channel == "call")
    assert (call.to, call.template, call.locale) == (PHONE, "code", "en")
    assert call.data == {"code": code.id, "purpose": "registration"} and call.expires_at == moment(600)
    row = stored(code)
    assert row.message == call.id and set(row.counted) == {sms, call.id}
    event = AccountEvent.select().order_by(AccountEvent.id.desc()).first()
    assert (event.kind, event.phone, event.ip) == ("code-sent", PHONE, "192.0.2.9")
    assert event.detail == {"purpose": "registration", "way": "call"}
    with after(60):
        assert counted("sms-phone", "call-phone") == [1, 1]


@AT_ONCE
def test_what_the_company_failed_to_send_counts_no_more_and_the_rest_does(database: Database) -> None:
    code, other = send(), send(OTHER_PHONE)
    sms = str(code.message)
    stored(code).repeat("call", IP, "ru")
    assert Attempt.count("call-all", EVERYBODY, DAY) == 1, "not said to be a resident's"
    assert Attempt.count("call-ip", network(IP), DAY) == 1, "nor from a browser of theirs"
    for _ in range(2):
        code.take_back(sms)
        assert counted("sms-phone", "call-phone") == [0, 1]
    assert set(stored(code).counted) == {stored(code).message} and counted(
        "sms-phone", phone=OTHER_PHONE
    ) == [1]
    assert Attempt.count("sms-ip", network(IP), DAY) == 1, "that of the other phone"
    code.take_back("unknown")
    other.take_back(str(other.message))
    assert stored(other).counted == {} and counted("sms-phone", "call-phone") == [0, 1]


@pytest.mark.settings(code_resend_waits=(60, 300))
def test_the_wait_counts_from_the_latest_whichever_way_it_went(database: Database) -> None:
    with after():
        code = send()
        assert code.wait == 60
    with after(100):
        assert stored(code).wait == 0
        stored(code).repeat("call", IP, "ru")
        assert stored(code).wait == 300
    with after(150):
        assert stored(code).wait == 250


@AT_ONCE
def test_a_network_that_is_full_may_do_a_proof_and_a_phone_may_not(database: Database) -> None:
    with after(), pytest.raises(NetworkFullError):
        for number in range(1000):
            send(f"+7916{number:07}")
    assert Attempt.count("sms-ip-proved", network(IP), 100 * 365 * DAY) == 0
    with after(2 * DAY), pytest.raises(TooManyError) as full:
        for number in range(1000):
            send(PHONE, f"198.51.{number}.1", known=True)
    assert type(full.value) is TooManyError


@AT_ONCE
def test_letters_with_a_code_have_no_reserve(database: Database) -> None:
    with after():
        for _ in range(3):
            send(way="mail", known=True, device=True)
        assert refused(way="mail", known=True, device=True) == HOUR


@AT_ONCE
def test_whether_one_more_sms_may_go(database: Database) -> None:
    with after():
        assert may_count_sms(PHONE)
        with pytest.raises(TooManyError):
            for _ in range(100):
                send(device=True)
        assert not may_count_sms(PHONE) and may_count_sms(OTHER_PHONE)


def test_what_follows_a_right_code_is_done_with_it_and_with_a_second_press_alone(database: Database) -> None:
    done: list[str] = []
    with after():
        code = send()
        guess_wrong(code, 1)
        assert code.verify(code.digits, then=lambda: done.append("first")) is Verdict.RIGHT
        assert stored(code).verify(code.digits, then=lambda: done.append("again")) is Verdict.USED
    assert done == ["first", "again"]
    with after(300):
        assert stored(code).verify(code.digits, then=lambda: done.append("late")) is Verdict.USED
    assert done == ["first", "again"]


def test_what_the_residents_own_browser_types_is_in_no_row(database: Database) -> None:
    code = send()
    guess_wrong(code, 2, trusted="device")
    assert counted(STREAK, "wrong-code") == [0, 0]
    guess_wrong(code, 1)
    assert counted(STREAK, "wrong-code") == [1, 1]


def test_a_second_press_of_the_last_guess_finds_it_used(database: Database) -> None:
    with after():
        code = send()
        guess_wrong(code, 4)
        assert code.verify(code.digits) is Verdict.RIGHT
        assert stored(code).verify(code.digits) is Verdict.USED
    with after(300):
        assert stored(code).verify(code.digits) is Verdict.TOO_MANY


def test_who_cannot_wait_hurries_their_own_code_alone(database: Database) -> None:
    with after():
        mine, others = send(), send(OTHER_PHONE)
        with db.atomic():
            for code in (mine, others):
                DeliveryTry.begin(Message.get_by_id(code.message), "smsc").ended(State.SILENT, "time-out")
            Message.update(due_at=moment(60)).execute()
        assert mine.hurry() and not mine.hurry()
    due = {row.to: row.due_at for row in Message.select()}
    assert due == {mine.phone: moment(0), OTHER_PHONE: moment(60)}


def test_nobody_hurries_what_no_gateway_was_silent_about(database: Database) -> None:
    with after():
        code = send()
        with db.atomic():
            DeliveryTry.begin(Message.get_by_id(code.message), "smsc").ended(State.REFUSED, "no money")
            Message.update(due_at=moment(60)).execute()
        assert not code.hurry() and Message.get_by_id(code.message).due_at == moment(60)
