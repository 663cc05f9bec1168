"""Lock-outs of a network, over all the phones that are tried from it."""

import pytest
import time_machine
from peewee import Database

from cabinet.models import Attempt, base
from cabinet.models.attempt import TooManyError
from cabinet.models.login import LoginAttempt
from config import Settings
from tests.cast import OTHER_PHONE, PHONE
from tests.models.guessing import IP, guess, lock, wait


def test_addresses_are_counted_over_all_phones(database: Database, settings: Settings) -> None:
    for number in range(settings.login_ip_minute):
        assert wait(phone=f"+791600000{number:02d}") == 0
    assert 0 < wait(phone=OTHER_PHONE) <= 60
    assert wait(phone=OTHER_PHONE, ip="192.0.2.2") == 0
    assert guess(right=True, trusted="known"), "a known browser is spared"


def test_a_refused_guess_costs_its_network_nothing(database: Database) -> None:
    lock(base.now())
    before = Attempt.count("login-ip", IP, 3600)
    for _ in range(20):
        assert wait() > 0
    assert Attempt.count("login-ip", IP, 3600) == before == 5


def test_successes_do_not_clear_the_failures_of_their_network(database: Database, settings: Settings) -> None:
    for number in range(settings.login_ip_minute):
        assert wait(phone=f"+791600000{number:02d}") == 0
        if number < settings.login_ip_minute - 1:
            assert guess(right=True, phone=OTHER_PHONE)
    with pytest.raises(TooManyError):
        guess(right=True, phone=OTHER_PHONE)


def test_the_time_told_is_when_both_the_phone_and_the_network_allow_it(database: Database) -> None:
    moment = base.now()
    for _ in range(4):
        moment = lock(moment)  # the fifth lasts a quarter of an hour
    with time_machine.travel(moment, tick=False):
        for _ in range(5):
            assert wait() == 0
        for number in range(5):
            guess(phone=f"+7916000000{number}")
        assert wait(phone=OTHER_PHONE) == 60, "the network's ten a minute"
        assert wait() == 900


def test_known_browsers_cost_no_network_anything(database: Database, settings: Settings) -> None:
    for number in range(settings.login_ip_minute + 1):
        assert wait(phone=f"+791600000{number:02d}", trusted="known") == 0
    assert not Attempt.select().where(Attempt.kind == "login-ip").exists()


@pytest.mark.settings(login_ip_hour=5)
def test_where_the_network_waits_longer_its_time_is_told(database: Database) -> None:
    moment = base.now()
    lock(moment)
    with time_machine.travel(moment, tick=False):
        assert wait() == 3600


def test_a_network_that_is_full_is_told_at_once(database: Database, settings: Settings) -> None:
    for number in range(settings.login_ip_minute):
        assert wait(phone=f"+791600000{number:02d}") == 0
    pauses: list[float] = []
    with pytest.raises(TooManyError) as error:
        LoginAttempt.begin(OTHER_PHONE, IP, None, pause=pauses.append)
    assert error.value.limit == "login-ip" and not pauses, "nobody's outcome would change it"
    with pytest.raises(TooManyError) as error:
        for _ in range(settings.login_failures + 1):
            guess(ip="192.0.2.9")
    assert error.value.limit == "login"


def test_who_comes_while_the_last_possible_guess_is_compared_waits_for_it(database: Database) -> None:
    pauses: list[float] = []
    for _ in range(4):
        guess()
    last = LoginAttempt.begin(PHONE, IP, None)

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            assert last.verify(lambda: True)

    assert LoginAttempt.begin(PHONE, IP, None, pause=pause).verify(lambda: True)
    assert len(pauses) == 2
