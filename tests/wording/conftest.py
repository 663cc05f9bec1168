"""A guest and a resident who read English."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.visitor import last_code
from tests.wording.english import ANNA, PASSWORD, PHONE, EnglishVisitor


@pytest.fixture(params=["plain", "htmx"])
def guest(request: pytest.FixtureRequest, app: Flask) -> EnglishVisitor:
    """A visitor whose browser speaks English."""
    guest = EnglishVisitor(app, htmx=request.param == "htmx")
    guest.get("/?lang=en")
    return guest


@pytest.fixture
def resident(guest: EnglishVisitor, receipt: dict[str, str]) -> Iterator[EnglishVisitor]:
    """The same after the registration, with every mistake made on the way."""
    guest.fill_and_submit(phone="", consent=None)
    guest.fill_and_submit(phone="12", consent="y")
    guest.fill_and_submit(phone="+7 495 123-45-67", consent="y")
    guest.fill_and_submit(phone=PHONE, consent=None)
    guest.fill_and_submit(phone=PHONE, consent="y")
    code = last_code(PHONE)
    for wrong in ("", "12", f"{(int(code) + 1) % 1_000_000:06d}"):
        guest.fill_and_submit(code=wrong)
    guest.fill_and_submit("form.resend")
    guest.fill_and_submit(code=code)
    guest.fill_and_submit(**{**receipt, "account": "", "amount": "x"})
    guest.fill_and_submit(**{**receipt, "amount": "1,00"})
    guest.fill_and_submit(**receipt)
    assert "We found it by account number 1234567890" in guest.text and "Bill for October 2026" in guest.text
    guest.fill_and_submit(answer="yes")
    guest.fill_and_submit(**{**ANNA, "first_name": "", "email": "x", "birth_date": "31.02.1960"})
    guest.fill_and_submit(**ANNA)
    guest.fill_and_submit(password="x")
    guest.fill_and_submit(password="Ivanova1980")
    guest.fill_and_submit(password=PASSWORD)
    assert guest.path == "/home"
    yield guest
