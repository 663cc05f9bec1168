"""English pages without a Russian word."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import EmailLink, User
from tests.cast import OTHER_PHONE
from tests.cast import resident as someone
from tests.journeys import FORGOT
from tests.visitor import last_code
from tests.wording.english import PASSWORD, PHONE, EnglishVisitor


def test_months_numbers_and_the_letters_language_follow(resident: EnglishVisitor) -> None:
    assert "for October" in resident.text and "₽4,218.67" in resident.text
    assert User.get().locale == "en"


@pytest.mark.sample(4)
def test_every_page_of_a_resident(resident: EnglishVisitor, app: Flask) -> None:
    for address in addresses(app):
        resident.get(address)
    resident.get("/home/accounts/1234567890/unlink")
    link = EmailLink.get()
    for address in (f"/email/{link.token}", "/email/none", "/none", "/privacy/1"):
        resident.get(address)
    resident.get("/home/profile/data")


@pytest.mark.sample(4)
def test_every_page_of_a_guest(guest: EnglishVisitor, app: Flask) -> None:
    for address in addresses(app):
        guest.get(address)


def addresses(app: Flask) -> list[str]:
    """All that can be opened without knowing more; not what pages fetch for themselves, nor machines."""
    rules = [
        rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    fetched = ("another_code.delivery", "metrics.metrics")
    return [rule.rule for rule in rules if rule.endpoint not in fetched]


@pytest.mark.sample(4)
def test_changes_and_their_mistakes(resident: EnglishVisitor, receipt: dict[str, str]) -> None:
    resident.get("/home/accounts/new")
    resident.fill_and_submit(**receipt)
    resident.fill_and_submit(**{**receipt, "amount": "2,00", "account": "77"})
    resident.get("/home/profile/name")
    resident.fill_and_submit(last_name="7", first_name="", middle_name="")
    resident.fill_and_submit(last_name="Ivanova", first_name="Anna", middle_name="")
    resident.get("/home/profile/email")
    resident.fill_and_submit(email="other@example.org", current_password="")
    resident.fill_and_submit(email="other@example.org", current_password="wrong")
    resident.fill_and_submit(email="other@example.org", current_password=PASSWORD)
    resident.get("/home/profile/phone")
    resident.fill_and_submit(phone=PHONE)
    resident.get("/home/profile/merge")
    resident.fill_and_submit(phone=PHONE, password="wrong")
    resident.fill_and_submit(phone=OTHER_PHONE, password="wrong")
    someone(OTHER_PHONE, PASSWORD)
    resident.fill_and_submit(phone=OTHER_PHONE, password=PASSWORD)
    resident.fill_and_submit("form[action$='/receipt/code']")
    resident.fill_and_submit(code=last_code(OTHER_PHONE))
    assert "Merge the accounts?" in resident.text
    resident.get("/home/profile/password")
    resident.fill_and_submit(current_password="wrong", password="Another7enough-words")
    resident.get("/home/profile/delete")
    resident.fill_and_submit("form[action$='/delete']")
    assert "Your account will be deleted on" in resident.text


@pytest.mark.sample(4)
def test_login_lock_out_and_recovery(resident: EnglishVisitor) -> None:
    resident.get("/home")
    resident.fill_and_submit("form[action='/logout']")
    resident.get("/")
    resident.fill_and_submit(phone=PHONE)
    for _ in range(7):
        resident.fill_and_submit("form[action='/login/password']", password="wrong7password")
    assert "Too many sign-in attempts. Try again in 1 minute." in resident.text
    resident.fill_and_submit(FORGOT)
    assert "We will text a code to" in resident.text and "New code in" in resident.text
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        resident.fill_and_submit("form[action='/code/resend']")
        resident.fill_and_submit(code=last_code(PHONE))
        resident.fill_and_submit(password="New7enough-words")
    assert "Sign in with the new one" in resident.text


def test_letters_follow_the_language_chosen(resident: EnglishVisitor) -> None:
    resident.client.get("/home?lang=ru")
    assert User.get().locale == "ru"
    with pytest.raises(AssertionError):
        resident.get("/home")
    resident.get("/home?lang=en")
    assert User.get().locale == "en"
