"""The end of a cabinet: the time to think, what is deleted, what stays, what may be taken along."""

import pytest
from peewee import Database

from cabinet.models import (
    Account,
    AccountLink,
    Audit,
    ConnectionRequest,
    Consent,
    Device,
    Message,
    OneTimeCode,
    Registration,
    User,
    WebSession,
    departure,
)
from cabinet.models.database import db
from tests.cast import LESNAYA, OTHER_PHONE, PHONE, bill, resident, told
from tests.models.clock import DAY, after, moment
from tests.models.test_request import submit

IP = "192.0.2.1"


def consent_of(user: User, kind: str = "consent") -> None:
    with db.atomic():
        given = Consent.give(kind, "1", "text", user.phone, f"r-{user.phone}-{kind}", IP, "browser")
        Consent.update(user_id=user.id).where(Consent.registration == given.registration).execute()


def withdrawn(user: User) -> list[object]:
    """When each consent of the resident was withdrawn."""
    return [
        c.withdrawn_at
        for c in Consent.select().where(Consent.user_id == user.id).order_by(Consent.registration)
    ]


def recorded(action: str) -> list[tuple[str, str, str]]:
    return [(a.actor, a.subject, a.ip) for a in Audit.select().where(Audit.action == action)]


@pytest.fixture
def anna(database: Database) -> User:
    bill(LESNAYA)
    with after():
        user = resident(accounts=[LESNAYA])
        consent_of(user)
        consent_of(user, "terms")
    return user


@pytest.fixture
def boris(database: Database) -> User:
    with after():
        user = resident(OTHER_PHONE)
        consent_of(user)
    return user


def test_there_are_thirty_days_to_think(anna: User, boris: User) -> None:
    with after(10):
        departure.request_deletion(anna, IP)
    assert anna.delete_at == User.get_by_id(anna.id).delete_at == moment(30 * DAY + 10)
    assert User.get_by_id(boris.id).delete_at is None
    assert withdrawn(anna) == [moment(10), moment(10)] and withdrawn(boris) == [None]
    for message in Message.select():
        assert message.template == "deletion_requested" and message.data["date"] == "2026-11-14"
    assert len(told(PHONE)) == len(told(anna.email)) == len(told("staff")) == 1
    assert recorded("deletion-requested") == [(f"user:{anna.id}", anna.id, IP)]


def test_asked_again_the_day_stays(anna: User) -> None:
    with after(10):
        departure.request_deletion(anna, IP)
    with after(DAY):
        departure.request_deletion(User.get_by_id(anna.id), IP)
    assert User.get().delete_at == moment(30 * DAY + 10) and withdrawn(anna) == [moment(10)] * 2
    assert len(told(PHONE)) == len(recorded("deletion-requested")) == 1


def test_what_was_withdrawn_before_keeps_its_time(anna: User) -> None:
    with db.atomic():
        Consent.update(withdrawn_at=moment(5)).where(Consent.kind == "terms").execute()
    with after(10):
        departure.request_deletion(anna, IP)
    assert withdrawn(anna) == [moment(10), moment(5)]


def test_second_thoughts_bring_all_of_it_back(anna: User, boris: User) -> None:
    with after(10):
        departure.request_deletion(anna, IP)
        departure.request_deletion(boris, IP)
        departure.cancel_deletion(anna, IP)
    assert anna.delete_at is User.get_by_id(anna.id).delete_at is None and withdrawn(anna) == [None, None]
    assert User.get_by_id(boris.id).delete_at and withdrawn(boris) == [moment(10)]
    departure.cancel_deletion(anna, IP)
    assert told("staff").count("deletion_cancelled") == 1
    assert recorded("deletion-cancelled") == [(f"user:{anna.id}", anna.id, IP)]


def leave_traces(user: User, phone: str) -> None:
    """All that a resident leaves behind, and a message of each kind that is over and one that waits."""
    WebSession.store(f"session {phone}", {}, user.id, IP, "browser")
    Device.remember(None, user, "browser")
    OneTimeCode.send("phone", phone, IP, "ru")
    submit(phone, key=phone)
    with db.atomic():
        Registration.create(phone=phone, user=user)
        Audit.record("login", f"user:{user.id}", user.id, IP)
        for to in (phone, user.email):
            Message.enqueue("sms", "over", to=to)
        Message.enqueue("staff", "over", data={"user": user.id})
        Message.update(due_at=None).where(Message.template == "over").execute()
        Message.enqueue("mail", "waits", to=user.email, data={"user": user.id})


def test_everything_of_the_resident_is_deleted_and_nothing_else(anna: User, boris: User) -> None:
    leave_traces(boris, OTHER_PHONE)
    his = _rows()
    leave_traces(anna, PHONE)
    with after(20):
        departure.erase(anna)
    left = {name: rows for name, rows in _rows().items() if name not in ("Message", "Audit", "Consent")}
    assert left == {**{name: his[name] for name in left}, "User": [boris.id]}
    assert Account.get() and not AccountLink.select().exists()
    assert recorded("deleted") == [("system", anna.id, "")]
    assert [a.ip for a in Audit.select().where(Audit.action == "login").order_by(Audit.id)] == [IP, ""]


def _rows() -> dict[str, list[object]]:
    tables = (User, Registration, OneTimeCode, WebSession, Device, ConnectionRequest, Message, Consent, Audit)
    return {table.__name__: [row.get_id() for row in table.select()] for table in tables}


def test_the_register_of_consents_stays_without_addresses(anna: User, boris: User) -> None:
    with db.atomic():
        Consent.update(withdrawn_at=moment(5)).where(Consent.kind == "terms").execute()
    with after(20):
        departure.erase(anna)
    assert withdrawn(anna) == [moment(20), moment(5)] and withdrawn(boris) == [None]
    rows = [(c.ip, c.user_agent) for c in Consent.select().order_by(Consent.registration)]
    assert rows == [(IP, "browser"), ("", ""), ("", "")]


def test_messages_that_are_over_are_forgotten_and_those_that_wait_still_go(anna: User, boris: User) -> None:
    leave_traces(anna, PHONE)
    leave_traces(boris, OTHER_PHONE)
    departure.erase(anna)
    over = Message.select().where(Message.template == "over")
    assert sorted((m.to, str(m.data)) for m in over) == sorted(
        [
            (OTHER_PHONE, "{}"),
            (boris.email, "{}"),
            ("", "{}"),
            ("", str({"user": boris.id})),
        ]
    )
    waits = Message.select().where(Message.template == "waits")
    assert sorted(m.data["user"] for m in waits) == sorted([anna.id, boris.id])
    told_staff = Message.get(Message.template == "deleted")
    assert told_staff.data["user"] == anna.id and told_staff.due_at


def test_who_has_no_address_takes_no_ones_messages_along(anna: User) -> None:
    with db.atomic():
        User.update(email="").where(User.id == anna.id).execute()
        for to in ("", PHONE):
            Message.enqueue("staff", "over", to=to)
        Message.update(due_at=None).execute()
    departure.erase(User.get())
    assert [m.to for m in Message.select().where(Message.template == "over")] == [""]
