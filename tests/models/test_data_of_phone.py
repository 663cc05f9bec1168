"""What may be told of somebody without a cabinet: all that came before one was begun for the phone."""

from datetime import date
from typing import Any

import pytest
from peewee import Database

from cabinet.models import (
    AccountEvent,
    Consent,
    DataRequest,
    Invitation,
    Message,
    Registration,
    User,
)
from cabinet.models.database import db
from cabinet.models.own_data import data_of_phone
from tests.cast import LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, bill, resident
from tests.models.clock import DAY, after, moment
from tests.models.test_request import IP, submit


def leave(mark: str, seconds: int, phone: str = PHONE, **changes: Any) -> None:
    """Something in every table, at that moment, that can be told by its mark."""
    receipt = {"account": LESNAYA, "period": date(2026, 9, 1), "amount": 1}
    asked: dict[str, Any] = {"asked_by": "s", "asked_under": "", "until": moment(DAY)}
    told = {"kind": "tell", "way": "post", "recorded_by": "s", "came_on": date(2026, 10, 15)}
    with after(seconds):
        submit(phone, key=mark, ip=IP, comment=mark)
        with db.atomic():
            Consent.give("consent", mark, "text", phone, mark, IP, "browser")
            Registration.create(phone=phone, last_name=mark, **changes)
            Invitation.create(phone=phone, last_name=mark, first_name="Анна", **receipt, **asked)
            DataRequest.create(phone=phone, words=mark, until=date(2026, 11, 1), **told)
            Message.enqueue("sms", mark, to=phone)
            AccountEvent.record(mark, phone, IP)


def marks(phone: str = PHONE) -> dict[str, list[str]]:
    """What is told of each kind."""
    data = data_of_phone(phone)
    names = {
        "requests": "comment",
        "registrations": "last_name",
        "invitations": "last_name",
        "consents": "version",
        "messages": "what",
        "events": "what",
    }
    found = {kind: [one[name] for one in data[kind]] for kind, name in names.items()}
    found["messages"] = [one for one in found["messages"] if one != "request_received"]
    return found


def all_of(*known: str) -> dict[str, list[str]]:
    """The same marks of every kind; requests have the newest first."""
    kinds = ("registrations", "invitations", "consents", "messages", "events")
    return {"requests": [*reversed(known)], **{kind: [*known] for kind in kinds}}


@pytest.fixture(autouse=True)
def accounts(database: Database) -> None:
    bill(LESNAYA)


def test_it_is_everything_of_the_phone_and_nothing_of_others() -> None:
    leave("his", 0, OTHER_PHONE)
    leave("first", 10)
    leave("second", 20)
    assert marks() == all_of("first", "second")
    data = data_of_phone(PHONE)
    assert data["phone"] == PHONE and data["email"] == "" and data["created_at"] == moment(10).isoformat()
    assert [one["words"] for one in data["data_requests"]] == ["first", "second"]


def test_what_came_since_a_cabinet_was_begun_is_that_cabinets() -> None:
    leave("hers", 10)
    with after(50), db.atomic():
        draft = Registration.create(phone=PHONE, last_name="его")
    leave("his", 50)
    with after(60), db.atomic():
        anna = resident(PHONE, email="")
        elsewhere = {"phone": OTHER_PHONE, "created_at": moment(5)}
        Registration.create(user=anna, **elsewhere)  # by another number, before this one was theirs
        Registration.update(user=anna, completed_at=moment(60)).where(Registration.id == draft.id).execute()
    assert marks() == all_of("hers")
    with db.atomic():
        Registration.update(user=None, phone=NEW_PHONE).where(Registration.id == draft.id).execute()
    assert marks() == all_of("hers", "his"), "what a cabinet was not begun by does not count"


def test_what_is_a_residents_is_not_told_with_it() -> None:
    leave("hers", 10)
    boris = resident(OTHER_PHONE)
    for mark in ("his", "hers"):
        leave(mark, 20)
    with db.atomic():
        for model, column in ((Registration, "last_name"), (Invitation, "last_name"), (DataRequest, "words")):
            model.update(user=boris).where(getattr(model, column) == "his").execute()
        Registration.update(completed_at=moment(20)).where(Registration.last_name == "his").execute()
        Consent.update(user_id=boris.id).where(Consent.version == "his").execute()
    told = marks()
    assert told["registrations"] == told["invitations"] == told["consents"] == ["hers", "hers"]
    assert [one["words"] for one in data_of_phone(PHONE)["data_requests"]] == ["hers", "hers"]


def test_what_max_alone_proved_or_what_was_finished_is_not_told() -> None:
    leave("sim", 10)
    leave("max", 20, proved_by="max")
    leave("done", 30, completed_at=moment(30))
    assert marks()["registrations"] == ["sim"]


@pytest.mark.parametrize("kind", [Registration, Consent, "request"])
def test_messages_count_from_the_first_that_is_known_of_who_has_the_number(kind: Any) -> None:
    for name, seconds in (("before", 9), ("first", 10), ("later", 11)):
        with after(seconds), db.atomic():
            Message.enqueue("sms", name, to=PHONE)
            AccountEvent.record(name, PHONE, IP)
    assert marks()["messages"] == marks()["events"] == [], "perhaps all of it was another's"
    with after(10), db.atomic():
        if kind is Registration:
            Registration.create(phone=PHONE)
        elif kind is Consent:
            Consent.give("consent", "1", "text", PHONE, "r", IP, "")
        else:
            submit(PHONE)
    assert marks()["messages"] == marks()["events"] == ["first", "later"]


def test_a_number_that_a_resident_came_to_is_theirs_since_then() -> None:
    leave("hers", 10)
    anna: User = resident(OTHER_PHONE)
    with db.atomic():
        User.update(created_at=moment(5), phone=PHONE).where(User.id == anna.id).execute()
    assert marks() == {kind: [] for kind in all_of()}, "as if it had been the first of the resident"
