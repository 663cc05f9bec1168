"""What waits for a phone, an invitation or a request, is for who has the SIM: MAX opens neither."""

import pytest
from flask import Flask

from cabinet.models import (
    ConnectionRequest,
    Invitation,
    OneTimeCode,
    Registration,
    User,
    departure,
    linking,
)
from tests.cast import LESNAYA, PASSWORD, PHONE, SADOVAYA, receipt_of
from tests.journeys import to_code
from tests.max.server import SET_UP, bot_started, contact_sent, tell
from tests.max.test_contact import BUTTON, payload_on, sent
from tests.models.test_request import submit
from tests.staff.inviting import invite, invited, proved, state
from tests.visitor import Visitor, last_code

PERSON = {"last_name": "Бывший", "first_name": "Пётр", "birth_date": "01.02.1940", "email": "b@example.org"}
pytestmark = [
    pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"), code_resend_waits=()),
    pytest.mark.usefixtures("billed"),
]


def send_contact(guest: Visitor, app: Flask, number: str = "79161234567") -> None:
    """Who has the number in MAX asks for a code and sends the bot the contact."""
    to_code(guest, PHONE)
    guest.press(BUTTON)
    tell(app, bot_started(payload_on(guest)))
    tell(app, contact_sent(number))


def prove_in_max(guest: Visitor, app: Flask) -> None:
    send_contact(guest, app)
    assert sent() == ["max_contact", "code"]
    guest.fill_and_submit(code=OneTimeCode.get().digits)


def register(guest: Visitor, account: str = SADOVAYA) -> None:
    """By the receipt of an own address."""
    guest.fill_and_submit(**receipt_of(account))
    guest.fill_and_submit(answer="yes")
    assert not guest.value("last_name"), "nothing is known of who came"
    guest.fill_and_submit(**PERSON)
    guest.fill_and_submit(password=PASSWORD)
    assert guest.path == "/home" and User.get().phone == PHONE, guest.text


def test_an_invitation_asks_for_a_receipt(desk: Visitor, guest: Visitor, app: Flask) -> None:
    found = invited(desk, birth_date="01.02.1940", email="anna@example.org")
    prove_in_max(guest, app)
    assert guest.path == "/register/account" and not guest.value("account"), guest.text
    row = Registration.get()
    assert (row.last_name, row.email, row.account_id, row.invitation) == ("", "", None, None)
    assert Invitation.get().opened_at is None and Invitation.of(PHONE) == found
    guest.get("/register/address")
    assert guest.path == "/register/account"


def test_an_sms_opens_it_after_that(desk: Visitor, guest: Visitor, app: Flask) -> None:
    invited(desk)
    prove_in_max(guest, app)
    assert proved(Visitor(app)).path == "/register/address"


def test_a_contact_of_another_number_leaves_it_to_the_sms(desk: Visitor, guest: Visitor, app: Flask) -> None:
    invited(desk)
    send_contact(guest, app, "79037654321")
    assert sent() == ["max_contact", "max_no_code"]
    guest.fill_and_submit(code=last_code(PHONE))
    assert guest.path == "/register/address"


def test_a_request_of_the_phone_stays_unread(guest: Visitor, app: Flask) -> None:
    asked = submit(PHONE, key="1", last_name="Единственная", email="u@example.org", street="Неповторимая")
    prove_in_max(guest, app)
    assert guest.path == "/register/account" and not guest.value("account")
    pages = [f"/requests/{asked.number}", "/requests", "/requests/new", "/register/account"]

    def unread() -> bool:
        return not any(
            word in str(guest.get(page)) for page in pages for word in ("Неповторимая", "Единственная")
        )

    assert unread()
    guest.get("/register/account")
    register(guest)
    assert unread() and ConnectionRequest.get().user_id is None


def test_a_cabinet_by_max_ends_no_invitation_and_is_given_no_account(
    desk: Visitor, guest: Visitor, app: Flask
) -> None:
    found = invited(desk)
    prove_in_max(guest, app)
    register(guest)
    assert Invitation.of(PHONE) == found and state(desk) != "Не понадобилось"
    invite(desk)
    assert "это может быть другой человек" in desk.text and not linking.holds(User.get(), LESNAYA)
    assert desk.path == f"/staff/resident/{User.get().id}"


def test_the_invited_account_in_a_cabinet_by_max_is_the_end_of_it(
    desk: Visitor, guest: Visitor, app: Flask
) -> None:
    invited(desk)
    prove_in_max(guest, app)
    register(guest, LESNAYA)
    assert state(desk).startswith("Не понадобилось")


def test_a_cabinet_by_max_takes_nothing_of_the_sim_s_holder_along(
    desk: Visitor, guest: Visitor, app: Flask
) -> None:
    invited(desk)
    asked = submit(PHONE, key="1", last_name=PERSON["last_name"], first_name=PERSON["first_name"])
    prove_in_max(guest, app)
    register(guest)
    departure.erase(User.get())
    assert not User.select().exists() and ConnectionRequest.get() == asked
    assert Invitation.of(PHONE) is not None
    assert proved(Visitor(app)).path == "/register/address", "the SMS opens it still"


def test_by_an_sms_it_is_read(guest: Visitor) -> None:
    asked = submit(PHONE, key="1", street="Неповторимая", last_name="Единственная")
    proved(guest)
    guest.get(f"/requests/{asked.number}")
    assert "Неповторимая" in guest.text
