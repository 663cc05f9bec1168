"""MAX knows whose number it was once, not who has the SIM: a contact there opens nobody's cabinet."""

import pytest
from flask import Flask

from cabinet.delivery.sending import handler_of, send_next
from cabinet.models import MaxContact, Message, OneTimeCode, User
from config import Settings
from tests.cast import NEW_PHONE, PASSWORD, PHONE, resident
from tests.home.two_cabinets import BY_CODE, MERGE
from tests.journeys import FORGOT, sign_in, to_code, to_login_password
from tests.max.server import SET_UP, Max, bot_started, contact_sent, tell
from tests.max.test_contact import BUTTON, begun, payload_on, sent
from tests.placing import signed_in
from tests.visitor import Visitor, last_code

pytestmark = pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"), code_resend_waits=())


def asks(visitor: Visitor) -> None:
    """Ask for it, whether it is offered or not."""
    visitor.post("/code/resend", {"way": "contact", "csrf_token": visitor.value("csrf_token")})


def forgets(visitor: Visitor) -> None:
    """Somebody has forgotten the password of the cabinet on PHONE."""
    to_login_password(visitor)
    visitor.fill_and_submit(FORGOT)
    assert visitor.path == "/code", visitor.text


def refused(visitor: Visitor) -> None:
    """It is neither offered nor done."""
    assert visitor.path == "/code" and not visitor.page.select(BUTTON)
    asks(visitor)
    assert not MaxContact.select().exists() and not visitor.page.select("a[href^='https://max.ru/']")
    assert not visitor.client.get("/code/delivery").get_data(as_text=True).count('value="contact"')


def test_the_former_owner_of_a_number_gets_no_code_of_the_next_ones_cabinet(visitor: Visitor) -> None:
    resident()
    forgets(visitor)
    refused(visitor)


def test_in_a_browser_of_the_residents_own_it_brings_a_new_password(visitor: Visitor, app: Flask) -> None:
    resident()
    sign_in(visitor)
    visitor.fill_and_submit("form[action='/logout']")
    forgets(visitor)
    visitor.press(BUTTON)
    tell(app, bot_started(payload_on(visitor)))
    tell(app, contact_sent())
    assert sent() == ["max_contact", "code"]
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.path == "/login/new-password"


def test_a_browser_of_another_resident_is_a_strangers(visitor: Visitor) -> None:
    resident()
    resident(NEW_PHONE)
    sign_in(visitor, NEW_PHONE)
    visitor.fill_and_submit("form[action='/logout']")
    forgets(visitor)
    refused(visitor)


def test_it_merges_nobodys_cabinet(visitor: Visitor) -> None:
    resident()
    resident(NEW_PHONE)
    signed_in(visitor, NEW_PHONE)
    visitor.get(MERGE)
    visitor.press(BY_CODE, phone=PHONE)
    refused(visitor)


def test_it_brings_nobodys_number_into_a_cabinet(visitor: Visitor) -> None:
    resident()
    signed_in(visitor)
    visitor.get("/home/profile/phone")
    visitor.fill_and_submit("form[action='/home/profile/phone']", phone=NEW_PHONE, current_password=PASSWORD)
    refused(visitor)


@pytest.mark.parametrize("when", ["before it is begun", "before the contact", "before it is sent"])
def test_a_cabinet_that_comes_to_the_number_meanwhile_is_not_its(
    visitor: Visitor, app: Flask, settings: Settings, maxserver: Max, when: str
) -> None:
    if when == "before it is begun":
        to_code(visitor)
        resident(accounts=[])
        assert visitor.page.select(BUTTON)
        asks(visitor)
        assert not MaxContact.select().exists()
        visitor.get("/code")
        assert visitor.page.select(BUTTON), "the page does not tell whether the number has a cabinet"
        return
    tell(app, bot_started(begun(visitor)))
    digits = OneTimeCode.get().digits
    if when == "before the contact":
        resident(accounts=[])
    tell(app, contact_sent())
    if when == "before it is sent":
        resident(accounts=[])
    while send_next("max", handler_of("max", maxserver.settings(settings))):
        pass
    assert User.by_phone(PHONE) and not any(digits in text for _to, text in maxserver.sent)
    if when == "before the contact":
        assert Message.get(Message.template == "max_no_code").data["late"]
