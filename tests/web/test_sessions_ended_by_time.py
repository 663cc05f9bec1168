"""The session: when it is over, and what is said then."""

import pytest
import time_machine
from flask import Flask

from tests.cast import PASSWORD, PERSON, resident
from tests.journeys import to_account, to_profile, to_registration_password
from tests.visitor import Visitor
from tests.web.session_visitors import OVER, START, log_in


@pytest.mark.settings(session_idle=1800)
def test_half_an_hour_of_nothing_ends_the_session(visitor: Visitor, receipt: dict[str, str]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_profile(visitor, receipt)
        for _ in range(3):
            clock.shift(1700)
            visitor.reload()
            assert visitor.path == "/register/profile"
        clock.shift(1801)
        visitor.reload()
        assert visitor.path == "/" and OVER in visitor.text
        visitor.reload()
        assert OVER not in visitor.text, "said once"


def test_a_form_sent_too_late_leads_to_the_first_screen_and_that_one_works(
    visitor: Visitor, receipt: dict[str, str]
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_profile(visitor, receipt)
        clock.shift(1801)
        visitor.fill_and_submit(**PERSON)
        assert visitor.path == "/" and OVER in visitor.text and visitor.status == 200
        to_account(visitor, "+79160000001")


@pytest.mark.settings(registration_lifetime=10**6)
def test_half_a_day_ends_the_session_in_any_case(visitor: Visitor, app: Flask) -> None:
    resident()
    with time_machine.travel(START, tick=False) as clock:
        log_in(visitor)
        for _ in range(24):
            clock.shift(1790)
            visitor.get("/home")
            assert visitor.path == "/home"
        clock.shift(600)
        visitor.get("/home")
        assert visitor.path == "/" and "Войдите ещё раз" in visitor.text
        log_in(visitor)


def test_a_registration_that_took_too_long_begins_anew(visitor: Visitor, receipt: dict[str, str]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        to_registration_password(visitor, receipt)
        for _ in range(4):
            clock.shift(1799)
            visitor.reload()
        clock.shift(60)
        visitor.fill_and_submit(password=PASSWORD)
        assert visitor.path == "/" and OVER in visitor.text
        visitor.get("/code")
        assert visitor.path in ("/", "/code")
        visitor.get("/register/account")
        assert visitor.path in ("/", "/code")
        to_account(visitor)
