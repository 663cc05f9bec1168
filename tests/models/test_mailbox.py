"""Letters to a mailbox that nobody proved to be theirs."""

from collections.abc import Iterator

import pytest
from peewee import Database

from cabinet.delivery import message_texts
from cabinet.models import ConnectionRequest, EmailLink, Message, Passkey, Staff, User, casework
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from tests.cast import PHONE, hashed, resident

VICTIM = "victim@example.org"
BAIT = "СРОЧНО войдите на https://evil.example/login"
ANSWERS = {
    "last_name": "Злой",
    "first_name": BAIT,
    "middle_name": BAIT,
    "email": VICTIM,
    "city": BAIT,
    "street": BAIT,
    "house": "1",
    "building": "СРОЧНО",
    "flat": "1",
    "account": BAIT,
    "account_key": "",
    "comment": BAIT,
}


def submit(number: int = 0, user: User | None = None, **changes: str) -> ConnectionRequest:
    """A request to connect an address, as a stranger or a resident sends it."""
    return ConnectionRequest.submit(
        f"+7916000{number:04}", {**ANSWERS, **changes}, f"key {number}", f"192.0.2.{number}",
        user_id=user.id if user else None,
    )  # fmt: skip


def letters() -> list[str]:
    """Every letter so far: subject, text and HTML."""
    mails = [message_texts.mail(row) for row in Message.select().where(Message.channel == "mail")]
    return [f"{mail.subject}\n{mail.text}\n{mail.html}" for mail in mails]


@pytest.fixture
def staff(database: Database) -> Iterator[Staff]:
    yield Staff.add("clerk@example.org", "clerk", hashed("Длинный7пароль"))


def test_nothing_that_the_sender_typed_is_in_it(staff: Staff) -> None:
    request = submit()
    with db.atomic():
        request.notify("request_matched", registered=False)
    casework.answer(request, "Мы вам позвоним.", "mail", staff, "")
    stranger = resident(PHONE, email=VICTIM, email_confirmed_at=None, first_name=BAIT)
    EmailLink.send(stranger)
    with db.atomic():
        stranger.notify("password_changed", sms=True)
    passkey = Passkey.add(stranger, "", "", credential="a", public_key=b"", name="Chrome")
    passkey.rename(BAIT)
    Passkey.get().remove(stranger, "", "")
    found = letters()
    assert len(found) == 7 and sum(request.number in one for one in found) == 3
    assert not [one for one in found if "evil" in one or "СРОЧНО" in one or "Злой" in one]


def test_it_is_told_a_resident_whose_mailbox_it_is(database: Database) -> None:
    anna = resident(email=VICTIM, first_name="Анна")
    submit(user=anna, street="Лесная", first_name="Анна")
    [letter] = letters()
    assert "Лесная" in letter and "Анна" in letter
    submit(1, user=anna, email="other@example.org", street="Лесная")
    [other] = [one for one in letters() if one != letter]
    assert "Лесная" not in other, "another address than the confirmed one"


def test_it_gets_ten_a_day_whoever_has_them_sent(database: Database) -> None:
    for number in range(14):
        submit(number, email=VICTIM.upper() if number % 2 else VICTIM)
    assert Message.select().where(Message.channel == "mail").count() == 10
    assert Message.select().where(Message.channel == "sms").count() == 4, (
        "the number goes to the proved phone"
    )
    stranger = resident(email=VICTIM, email_confirmed_at=None)
    with pytest.raises(TooManyError):
        EmailLink.send(stranger)
    with db.atomic():
        stranger.notify("phone_changed", sms=False)
    assert Message.select().where(Message.channel == "mail").count() == 10
