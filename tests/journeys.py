"""The journeys as residents walk them: each function goes from the first screen to a later one."""

from tests.cast import NEW_PASSWORD, PASSWORD, PERSON, PHONE, TYPED
from tests.visitor import Visitor, last_code

FORGOT = "form[action='/login/forgot']"  # «Я забыл пароль» in the password window


def to_code(visitor: Visitor, phone: str = TYPED) -> None:
    """Type the phone, consent."""
    visitor.get("/")
    visitor.fill_and_submit(phone=phone, consent="y")
    assert visitor.path == "/code", visitor.text


def to_account(visitor: Visitor, e164: str = PHONE) -> None:
    """… and prove the phone."""
    to_code(visitor, e164)
    visitor.fill_and_submit(code=last_code(e164))
    assert visitor.path == "/register/account", visitor.text


def to_address(visitor: Visitor, receipt: dict[str, str], e164: str = PHONE) -> None:
    """… and find the account."""
    to_account(visitor, e164)
    visitor.fill_and_submit(**receipt)
    assert visitor.path == "/register/address", visitor.text


def to_profile(visitor: Visitor, receipt: dict[str, str], e164: str = PHONE) -> None:
    """… and say that the address is right."""
    to_address(visitor, receipt, e164)
    visitor.fill_and_submit(answer="yes")
    assert visitor.path == "/register/profile", visitor.text


def to_registration_password(visitor: Visitor, receipt: dict[str, str], e164: str = PHONE) -> None:
    """… and introduce oneself."""
    to_profile(visitor, receipt, e164)
    visitor.fill_and_submit(**PERSON)
    assert visitor.path == "/register/password", visitor.text


def to_home(visitor: Visitor, receipt: dict[str, str], e164: str = PHONE) -> None:
    """… and choose a password."""
    to_registration_password(visitor, receipt, e164)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home", visitor.text


def to_login_password(visitor: Visitor, phone: str = PHONE) -> None:
    """A resident's way from the first screen to the password window."""
    visitor.get("/")
    visitor.fill_and_submit(phone=phone, consent="y")
    assert visitor.path == "/login/password", visitor.text


def sign_in(visitor: Visitor, phone: str = PHONE, password: str = PASSWORD) -> None:
    """… and into the cabinet."""
    to_login_password(visitor, phone)
    visitor.fill_and_submit(password=password)
    assert visitor.path == "/home", visitor.text


def to_new_password(visitor: Visitor, phone: str = PHONE) -> None:
    """By «Я забыл пароль» to the window of the new password."""
    to_login_password(visitor, phone)
    visitor.fill_and_submit("form[action='/login/forgot']")
    assert visitor.path == "/code", visitor.text
    visitor.fill_and_submit(code=last_code(phone))
    assert visitor.path == "/login/new-password", visitor.text


def recover(visitor: Visitor, phone: str = PHONE, password: str = NEW_PASSWORD) -> None:
    """A new password by SMS, back to the login window."""
    to_new_password(visitor, phone)
    visitor.fill_and_submit(password=password)
    assert visitor.path == "/login/password", visitor.text
