"""A code by letter, at the models: what the letter says, how long it is good, what is kept of it."""

from typing import Any

from peewee import Database

from cabinet.models import AccountEvent, Attempt, Message, OneTimeCode
from cabinet.models.attempt import DAY
from cabinet.models.code_letter import send_letter
from cabinet.models.database import db
from tests.cast import PHONE, resident
from tests.models.clock import after, moment
from tests.models.codes import AT_ONCE, IP, stored

HERE = "192.0.2.9"


def sent() -> OneTimeCode:
    """A code to a resident who has forgotten the password."""
    return OneTimeCode.send("recovery", PHONE, IP, "ru", known=True, device=True)


def letter() -> Any:
    return Message.select().where(Message.channel == "mail").order_by(Message.created_at.desc()).get()


@AT_ONCE
def test_the_letter_has_the_same_code_for_as_long_as_it_is_good(database: Database) -> None:
    with after():
        anna, code = resident(), sent()
    sms = code.message
    with after(60):
        again = send_letter(stored(code), anna, HERE, "en")
        assert Attempt.count("mail-phone", PHONE, DAY) == 1
    told = letter()
    assert (again.id, again.digits, again.expires_at) == (code.id, code.digits, moment(600))
    assert (told.template, told.to, told.locale, told.expires_at) == ("code", anna.email, "en", moment(600))
    assert told.data == {"code": code.id, "purpose": "recovery", "name": "Анна"}
    assert stored(code).message == told.id and set(stored(code).counted) == {sms, told.id}
    event = AccountEvent.select().order_by(AccountEvent.id.desc()).get()
    assert (event.kind, event.phone, event.ip) == ("code-sent", PHONE, HERE)
    assert event.detail == {"purpose": "recovery", "way": "mail"}


@AT_ONCE
def test_in_the_last_moment_of_the_code_the_letter_has_a_second(database: Database) -> None:
    with after():
        anna, code = resident(), sent()
    with after(599.5):
        send_letter(stored(code), anna, HERE, "ru")
    assert letter().expires_at == moment(600.5)


@AT_ONCE
def test_a_code_that_is_good_no_more_is_followed_by_a_new_one(database: Database) -> None:
    with after():
        anna, code = resident(), sent()
    with after(601), db.atomic():
        fresh = send_letter(stored(code), anna, HERE, "ru")
    row = stored(fresh)
    assert row.id != code.id and (row.purpose, row.phone) == ("recovery", PHONE)
    assert row.expires_at == letter().expires_at == moment(601 + 600)
    assert letter().data["code"] == row.id and set(row.counted) == {letter().id} == {row.message}
    assert stored(code).expires_at == moment(600) and letter().id not in stored(code).counted
