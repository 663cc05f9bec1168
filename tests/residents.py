"""Residents, their accounts, and what they do in every test."""

from collections.abc import Iterable
from datetime import date

from cabinet.models import Account, AccountLink, Charge, Message, User, base
from cabinet.models.database import db
from cabinet.passwords.hashing import Hasher
from tests.visitor import Visitor, last_code

PHONE, OTHER_PHONE, NEW_PHONE = "+79161234567", "+79037654321", "+79990001122"
PASSWORD, NEW_PASSWORD = "Длинный7пароль", "Совсем8другой"
LESNAYA, SADOVAYA, DACHNAYA = "1234567890", "2234567890", "3234567890"
ADDRESSES = {
    LESNAYA: "г. Москва, ул. Лесная, д. 5, кв. 12",
    SADOVAYA: "г. Москва, ул. Садовая, д. 1, кв. 7",
    DACHNAYA: "г. Клин, ул. Дачная, д. 3",
}
PERIODS = (date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1))
HASHES: dict[str, str] = {}


def hashed(password: str) -> str:
    """The stored form, as cheap as the tests' setting."""
    if password not in HASHES:
        HASHES[password] = Hasher("tests-only-pepper", 4).hash(password)
    return HASHES[password]


def bill(*numbers: str) -> None:
    """Let billing know these accounts."""
    with db.atomic():
        for number in numbers or ADDRESSES:
            Account.create(number=number, printed=number, address=ADDRESSES[number])
            for period in PERIODS:
                Charge.create(period=period, account=number, amount_due=amount(number))


def amount(number: str) -> int:
    """Kopecks due, different for each account."""
    return 100_000 + int(number[0])


def receipt(number: str, **changes: str) -> dict[str, str]:
    """What stands on the account's receipt, as typed."""
    typed = {
        "period": "2026-10",
        "account": number,
        "amount": f"{amount(number) / 100:.2f}".replace(".", ","),
    }
    return {**typed, **changes}


def resident(
    phone: str = PHONE, password: str | None = PASSWORD, accounts: Iterable[str] = (), **changes: object
) -> User:
    """A resident who registered before, the e-mail confirmed; no password: imported from the old system."""
    values = {
        "first_name": "Анна",
        "last_name": "Иванова",
        "email": f"a{phone[1:]}@example.org",
        "email_confirmed_at": base.now(),
        "password_hash": password and hashed(password),
    }
    with db.atomic():
        user = User.create(phone=phone, **{**values, **changes})
        for number in accounts:
            AccountLink.create(user=user, account=number)
    return user


def to_password(visitor: Visitor, phone: str = PHONE) -> None:
    """From the first screen to the password window."""
    visitor.get("/")
    visitor.fill_and_submit(phone=phone, consent="y")
    assert visitor.path == "/login/password", visitor.text


def sign_in(visitor: Visitor, phone: str = PHONE, password: str = PASSWORD) -> None:
    """Into the cabinet."""
    to_password(visitor, phone)
    visitor.fill_and_submit(password=password)
    assert visitor.path == "/home", visitor.text


def to_new_password(visitor: Visitor, phone: str = PHONE) -> None:
    """By «Я забыл пароль» to the window of the new password."""
    to_password(visitor, phone)
    visitor.fill_and_submit("form[action='/login/forgot']")
    assert visitor.path == "/code", visitor.text
    visitor.fill_and_submit(code=last_code(phone))
    assert visitor.path == "/login/new-password", visitor.text


def recover(visitor: Visitor, phone: str = PHONE, password: str = NEW_PASSWORD) -> None:
    """A new password by SMS, back to the login window."""
    to_new_password(visitor, phone)
    visitor.fill_and_submit(password=password)
    assert visitor.path == "/login/password", visitor.text


def told(to: str) -> list[str]:
    """The templates of the messages to a phone, an address, or «staff», oldest first."""
    where = Message.lane == "staff" if to == "staff" else Message.to == to
    return [m.template for m in Message.select().where(where).order_by(Message.created_at)]
