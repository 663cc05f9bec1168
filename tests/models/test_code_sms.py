"""One-time codes: who gets an SMS when."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import pytest
from peewee import Database

from cabinet.models import Attempt, Message
from cabinet.models.code_limits import resend_wait
from cabinet.models.database import connected
from cabinet.models.locks import row_of
from tests.cast import OTHER_PHONE, PHONE
from tests.models.clock import DAY, after
from tests.models.codes import AT_ONCE, IP, OTHER_IP, THIRD_IP, guess_wrong, refused, send, stored
from tests.models.locked import another_process
from tests.waiting import until


def test_the_waits_for_a_further_sms_grow(database: Database) -> None:
    begun = 0
    with after():
        assert resend_wait(PHONE) == 0
    for wait in (60, 180, 300, 600):
        with after(begun):
            send()
            assert resend_wait(PHONE) == wait and resend_wait(OTHER_PHONE) == 0
        with after(begun + wait - 1):
            assert refused() == 1
        begun += wait
    with after(begun):
        send()
        assert resend_wait(PHONE) == 600, "the last wait is the longest"


def test_they_begin_anew_after_a_day(database: Database) -> None:
    with after():
        send()
    with after(60):
        send()
    with after(DAY - 1):
        send()
        assert resend_wait(PHONE) == 300
    with after(DAY + 299):
        send()
        assert resend_wait(PHONE) == 180, "those of the day before are forgotten"


def test_an_sms_of_exactly_a_day_ago_is_of_yesterday(database: Database) -> None:
    with after():
        send()
    with after(DAY):
        send()
        assert resend_wait(PHONE) == 60


def test_what_is_typed_makes_nobody_wait_for_an_sms(database: Database) -> None:
    with after():
        guess_wrong(send(), 3)
        assert resend_wait(PHONE) == 60


@AT_ONCE
def test_waits_can_be_none(database: Database) -> None:
    send()
    assert resend_wait(PHONE) == 0 and send()


def test_a_part_of_a_second_is_waited_for_too(database: Database) -> None:
    with after():
        send()
    with after(59.5):
        assert refused() == 1


@pytest.mark.settings(code_resend_waits=(), sms_per_phone_day=2, sms_per_phone_day_reserved=1)
def test_a_resident_is_reached_though_a_stranger_used_up_the_phones_sms(database: Database) -> None:
    send(known=True)
    send(known=True)
    assert refused(known=True) > 3600, "this network asked before"
    assert refused(ip=OTHER_IP) > 3600, "nobody's phone has no reserve"
    assert send(ip=OTHER_IP, known=True)
    assert refused(ip=OTHER_IP, known=True) and refused(ip=THIRD_IP, known=True), "the reserve is for one"
    assert send(known=True, device=True), "an own browser has one more"
    assert refused(known=True, device=True)


@pytest.mark.settings(code_resend_waits=(), sms_per_phone_day=1, sms_per_phone_day_reserved=1)
def test_a_network_is_new_again_after_a_day(database: Database) -> None:
    with after():
        send(known=True)
    with after(DAY - 1):
        assert refused(known=True)
    with after(DAY):
        assert send(known=True)
        assert refused(known=True), "and counts as known from then"


@pytest.mark.settings(code_resend_waits=(), sms_per_ip_hour=1)
def test_a_network_gets_so_many_sms_unless_the_browser_is_a_residents_own(database: Database) -> None:
    send(ip="2001:db8::1")
    assert refused(OTHER_PHONE, "2001:db8::2") and refused(OTHER_PHONE, "2001:db8::2", known=True)
    assert send(OTHER_PHONE, "2001:db8:0:1::1", known=True, device=True)
    assert send(OTHER_PHONE, "2001:db8:0:1::1"), "the browser's own was not counted"


@pytest.mark.settings(sms_global_hour=1)
def test_a_flood_reaches_no_resident(database: Database) -> None:
    send("+79990000001", IP, known=True)
    send("+79990000002", IP)
    assert refused("+79990000003", OTHER_IP)
    assert send("+79990000004", OTHER_IP, known=True)


@pytest.mark.settings(sms_global_hour=1)
def test_a_refused_sms_leaves_no_trace(database: Database) -> None:
    send(OTHER_PHONE)
    before = Attempt.select().count()
    refused(PHONE, OTHER_IP)
    assert Attempt.select().count() == before and Message.select().count() == 1


@AT_ONCE
@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("way", ["sms", "call"])
def test_a_code_taken_back_while_another_is_sent_stops_neither(
    database: Database, database_url: str, way: str
) -> None:
    """Both are made to wait for the first row of all: nobody may hold a later one there."""
    code = send(way=way)
    first, *later = sorted({row_of(f"{one.kind}:{one.subject}") for one in Attempt.select()})

    def work(do: Callable[[], object]) -> None:
        with connected():
            do()

    running: list[Future[None]] = []
    with (
        ThreadPoolExecutor() as threads,
        another_process(database_url) as another,
        another_process(database_url) as third,
        another.holding(first),
    ):
        for do in (partial(send, way=way), partial(stored(code).take_back, str(code.message))):
            running.append(threads.submit(work, do))
            until(lambda: another.waiting() == len(running))
        with third.holding(*later):
            pass
    for one in running:
        one.result()
    assert Attempt.count(f"{way}-phone", PHONE, DAY) == 1
