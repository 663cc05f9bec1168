"""Inviting by telephone, as a clerk does it, and what the invited do then."""

from cabinet.models import Invitation
from tests.cast import LESNAYA, PHONE, receipt_of
from tests.journeys import to_code
from tests.visitor import Visitor, last_code

LIST = "/staff/registrations/invitations"
FORM = "main form[action$='/new']"
CALLER = {
    "phone": "8 916 123-45-67",
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Петровна",
    "spoken": "y",
}


def invite(desk: Visitor, **changes: str) -> None:
    """Fill in the form as the caller says, and press."""
    desk.get(f"{LIST}/new/{LESNAYA}")
    desk.fill_and_submit(FORM, **{**CALLER, **receipt_of(LESNAYA), **changes})


def invited(desk: Visitor, **changes: str) -> Invitation:
    invite(desk, **changes)
    assert "Приглашение отправлено." in desk.text, desk.text
    found: Invitation = Invitation.get()
    return found


def withdraw(desk: Visitor, row: Invitation) -> None:
    desk.get(f"/staff/registrations/invitation/{row.id}")
    desk.press("form[action$='/withdraw'] button")


def state(desk: Visitor) -> str:
    """What the list says of the newest."""
    desk.get(LIST)
    return desk.one("tbody .badge").get_text(" ", strip=True).replace("\xa0", " ")


def proved(caller: Visitor) -> Visitor:
    """The phone from the first screen, and its code."""
    to_code(caller, PHONE)
    caller.fill_and_submit(code=last_code(PHONE))
    return caller


def to_password(caller: Visitor) -> Visitor:
    proved(caller)
    assert caller.path == "/register/address", caller.text
    caller.fill_and_submit(answer="yes")
    caller.fill_and_submit(birth_date="01.02.1940", email="anna@example.org")
    assert caller.path == "/register/password", caller.text
    return caller
