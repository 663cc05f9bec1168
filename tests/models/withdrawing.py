"""Requests to delete data, on record; and what is left of them and around them."""

from datetime import date
from typing import Any

import pytest
from peewee import Database

from cabinet.models import Audit, Consent, DataRequest, Message, Registration, Staff, User, data_request
from cabinet.models.database import db
from tests.cast import LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, bill, resident
from tests.models.clock import after, moment
from tests.models.test_request import IP, submit

CAME_ON = date(2026, 10, 15)  # the day of `moment(0)`


def consent(phone: str, version: str, user_id: str | None = None, **changes: Any) -> None:
    with db.atomic():
        Consent.give("consent", version, version, phone, "r", IP, "browser")
        Consent.update(user_id=user_id, **changes).where(Consent.version == version).execute()


def ask(olga: Staff, phone: str = NEW_PHONE, came_on: date = CAME_ON) -> DataRequest:
    """On record, with nothing told yet."""
    request = data_request.put_on_record(phone, "delete", "post", came_on, "вх. № 1", olga, IP)
    with db.atomic():
        Message.delete().execute()
        Audit.delete().execute()
    return again(request)


def again(request: DataRequest) -> DataRequest:
    found: DataRequest = DataRequest.get_by_id(request.id)
    return found


def decided(request: DataRequest) -> tuple[object, ...]:
    row = again(request)
    return row.outcome, row.decided_by, row.decided_at, row.erase_at


def audited() -> list[tuple[str, str, str, str, object]]:
    rows = Audit.select().order_by(Audit.id)
    return [(row.action, row.actor, row.subject, row.ip, row.detail) for row in rows]


def withdrawn() -> dict[str, object]:
    """When each consent was withdrawn."""
    return {row.version: row.withdrawn_at for row in Consent.select()}


def to_staff() -> tuple[str, dict[str, Any]]:
    message = Message.get(Message.channel == "staff")
    return message.template, message.data


@pytest.fixture
def olga(database: Database) -> Staff:
    return Staff.add("olga@example.org", "admin", "hash")


@pytest.fixture
def anna(database: Database) -> User:
    bill(LESNAYA)
    with after():
        user = resident(accounts=[LESNAYA])
        consent(PHONE, "hers", user.id)
    return user


@pytest.fixture
def strangers(olga: Staff) -> DataRequest:
    """Somebody without a cabinet has asked, who left a bit of everything, as somebody else did."""
    with after():
        for phone in (NEW_PHONE, OTHER_PHONE):
            submit(phone, key=phone, ip=IP)
            consent(phone, f"of {phone}")
            with db.atomic():
                Registration.create(phone=phone)
        consent(NEW_PHONE, "before", withdrawn_at=moment(-5))
        consent(NEW_PHONE, "a resident's", "somebody")
        return ask(olga)
