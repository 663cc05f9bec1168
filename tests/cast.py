"""The cast: the residents, accounts and receipts that every test knows."""

from collections.abc import Iterable
from datetime import date

from cabinet.billing import houses
from cabinet.models import Account, AccountLink, Charge, Heartbeat, Message, User, base
from cabinet.models.database import db
from cabinet.models.linking import update_words
from cabinet.passwords.hashing import Hasher

PHONE, OTHER_PHONE, NEW_PHONE = "+79161234567", "+79037654321", "+79990001122"
TYPED = "8 916 123-45-67"  # PHONE, as people type it
PASSWORD, NEW_PASSWORD = "Длинный7пароль", "Совсем8другой"
PERSON = {
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Петровна",
    "birth_date": "01.02.1980",
    "email": "anna@example.org",
}
LESNAYA, SADOVAYA, DACHNAYA = "1234567890", "2234567890", "3234567890"
ADDRESSES = {
    LESNAYA: "г. Москва, ул. Лесная, д. 5, кв. 12",
    SADOVAYA: "г. Москва, ул. Садовая, д. 1, кв. 7",
    DACHNAYA: "г. Клин, ул. Дачная, д. 3",
}
AMOUNTS = {LESNAYA: 421_867, SADOVAYA: 100_002, DACHNAYA: 100_003}  # due, in kopecks
CHARGED = 400_000  # of the month alone, in kopecks
PERIODS = (date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1))
HASHES: dict[str, str] = {}


def hashed(password: str) -> str:
    """The stored form, as cheap as the tests' setting."""
    if password not in HASHES:
        HASHES[password] = Hasher("tests-only-pepper", 4).hash(password)
    return HASHES[password]


def bill(*numbers: str) -> None:
    """Let billing know these accounts; all of ADDRESSES if none is named."""
    known = numbers or tuple(ADDRESSES)
    accounts = [{"number": number, "printed": number, "address": ADDRESSES[number]} for number in known]
    charges = [
        {"period": period, "account": number, "amount_due": AMOUNTS[number], "amount_charged": CHARGED}
        for number in known
        for period in PERIODS
    ]
    with db.atomic():
        Account.insert_many(accounts).execute()
        Charge.insert_many(charges).execute()


def write_houses() -> None:
    """Let staff find by address what billing knows now, as the worker does after an import."""
    with db.atomic():
        Heartbeat.delete().where(Heartbeat.name == houses.DONE).execute()
    houses.refresh()


def receipt_of(number: str, **changes: str) -> dict[str, str]:
    """What stands on the account's receipt, as typed: period, account, amount."""
    amount = f"{AMOUNTS[number] / 100:,.2f}".replace(",", " ").replace(".", ",")
    return {"period": "2026-10", "account": number, "amount": amount, **changes}


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
        update_words(user)
    return user


def told(to: str) -> list[str]:
    """The templates of the messages to a phone, an address, or «staff», oldest first."""
    where = Message.channel == "staff" if to == "staff" else Message.to == to
    return [m.template for m in Message.select().where(where).order_by(Message.created_at)]
