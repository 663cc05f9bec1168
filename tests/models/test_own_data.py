"""What a resident may take along: everything that is kept about them, and nothing about others."""

from datetime import date
from typing import Any

import pytest
from peewee import Database

from cabinet.models import (
    Account,
    Audit,
    ConnectionRequest,
    Consent,
    Device,
    EmailLink,
    Message,
    PassedNumber,
    Passkey,
    PhoneChange,
    Registration,
    RequestNote,
    User,
    WebSession,
)
from cabinet.models.data_map.reading import data_map
from cabinet.models.database import db
from cabinet.models.own_data import own_data
from cabinet.models.passed_number import no_number
from tests.cast import ADDRESSES, LESNAYA, NEW_PHONE, OTHER_PHONE, PERIODS, PHONE, bill, resident
from tests.models.clock import DAY, after, moment
from tests.models.everything import everything
from tests.models.test_departure import IP, consent_of
from tests.models.test_request import submit


def paths(data: Any, place: str = "") -> set[str]:
    """The names of all values, as "accounts.number"; what is said in messages is one."""
    if isinstance(data, list):
        return set().union(*(paths(one, place) for one in data))
    if isinstance(data, dict) and place != "messages.said":
        return set().union(*(paths(one, f"{place}.{name}".strip(".")) for name, one in data.items()))
    return {place}


def test_it_has_what_the_map_of_data_says_and_nothing_else(database: Database) -> None:
    anna = everything()
    said = {column.export for table in data_map().values() for column in table.columns.values()} - {""}
    assert paths(own_data(anna)) == said


@pytest.fixture
def anna(database: Database) -> User:
    bill(LESNAYA)
    with after():
        user = resident(accounts=[LESNAYA])
        consent_of(user)
        consent_of(user, "terms")
    return user


def test_it_is_told_as_it_stands(anna: User) -> None:
    begun, later = moment(0).isoformat(), moment(10).isoformat()
    with after(10), db.atomic():
        User.update(birth_date=date(1980, 2, 1), delete_at=moment(DAY)).where(User.id == anna.id).execute()
        WebSession.store("session", {"typed": "x"}, anna.id, IP, "browser")
        Device.remember(None, anna, "browser")
        Passkey.create(user=anna, credential="a", public_key=b"", name="Chrome")
        Audit.record("login", f"user:{anna.id}", anna.id, IP)
        Audit.record("staff-resident-seen", "staff:clerk", anna.id, "192.0.2.99")
    data = own_data(User.get_by_id(anna.id))
    assert data["phone"] == PHONE and data["birth_date"] == "1980-02-01" and data["language"] == "ru"
    assert data["created_at"] == begun and data["delete_at"] == moment(DAY).isoformat()
    [account] = data["accounts"]
    assert (account["number"], account["address"]) == (LESNAYA, ADDRESSES[LESNAYA])
    assert [one["period"] for one in account["charges"]] == [one.isoformat() for one in reversed(PERIODS)]
    assert account["charges"][0]["due"] == 421_867
    assert [(one["kind"], one["at"], one["ip"], one["text"]) for one in data["consents"]] == [
        (kind, begun, IP, "text") for kind in ("consent", "terms")
    ]
    assert [(one["began"], one["ip"], one["browser"]) for one in data["sessions"]] == [(later, IP, "browser")]
    assert data["devices"] == [{"began": later, "seen": later, "browser": "browser"}]
    assert data["passkeys"] == [{"added": later, "used": None, "name": "Chrome"}]
    assert data["events"] == [{"at": later, "what": "login", "ip": IP, "browser": ""}]
    assert data["staff_access"] == [{"at": later, "what": "staff-resident-seen"}], "by whom is the clerk's"


def test_requests_come_with_what_became_of_them_and_without_the_notes_of_staff(anna: User) -> None:
    request = submit(user_id=anna.id)
    with after(20), db.atomic():
        for kind, text in (("note", "между нами"), ("reply", "Готово"), ("answer", "Спасибо")):
            RequestNote.create(request=request, staff="s" if kind != "answer" else None, kind=kind, text=text)
        changes = {"state": "done", "closed_at": moment(20), "matched_account": LESNAYA}
        ConnectionRequest.update(**changes).execute()
        Audit.record("staff-request-seen", "staff:clerk", request.number)
    data = own_data(anna)
    [told] = data["requests"]
    assert told.items() >= request.own_data().items()
    assert (told["state"], told["closed_at"], told["matched_account"]) == (
        "done",
        moment(20).isoformat(),
        LESNAYA,
    )
    assert [(one["by"], one["text"]) for one in told["conversation"]] == [
        ("company", "Готово"),
        ("resident", "Спасибо"),
    ]
    assert "между нами" not in str(data) and [one["what"] for one in data["staff_access"]] == [
        "staff-request-seen"
    ]


def messages_of(user: User) -> list[str]:
    return [one["what"] for one in own_data(user)["messages"]]


def test_messages_are_those_that_were_certainly_the_residents_own(anna: User) -> None:
    with after(-10), db.atomic():
        Message.enqueue("sms", "to_who_had_the_number_before", to=PHONE)
    with after(10), db.atomic():
        Message.enqueue("sms", "code", to=PHONE, data={"code": "secret", "purpose": "phone"})
        Message.enqueue("mail", "mine", to=anna.email, data={"link": "secret", "name": "Анна"})
        Message.enqueue("sms", "his", to=OTHER_PHONE)
        Message.enqueue("staff", "registered", data={"phone": PHONE})
    assert messages_of(anna) == ["code", "mine"] and "secret" not in str(own_data(anna))
    with after(20):
        resident(OTHER_PHONE, email=anna.email)
    assert messages_of(anna) == ["code"], "a mailbox of two is nobody's alone"
    with db.atomic():
        User.update(email="victim@example.org", email_confirmed_at=None).where(User.id == anna.id).execute()
        Message.enqueue("mail", "victims", to="victim@example.org")
    assert messages_of(User.get_by_id(anna.id)) == ["code"]


def test_nothing_of_others_is_among_it(anna: User) -> None:
    boris = resident(OTHER_PHONE, accounts=[LESNAYA], first_name="Борис", email="boris@example.org")
    with db.atomic():
        Account.update(last_name="Владельцев").execute()
        Registration.create(phone=PHONE, last_name="Непрошеная")
        PassedNumber.create(phone=NEW_PHONE, user=boris, taken_by=anna.id)
        EmailLink.create(user=boris, email="boris@example.org", expires_at=moment(0))
        Consent.give("consent", "1", "text", PHONE, "unfinished", "192.0.2.77", "browser")
    data = str(own_data(anna))
    strange = (OTHER_PHONE, "Борис", "boris@example.org", "Владельцев", "Непрошеная", NEW_PHONE, "192.0.2.77")
    assert not [one for one in strange if one in data]


def test_what_there_is_not_is_told_as_none_and_traces_come_oldest_first(anna: User) -> None:
    for seconds in (30, 20):
        with after(seconds), db.atomic():
            WebSession.store(f"session {seconds}", {}, anna.id, IP, "")
            Device.remember(None, anna, "")
            Audit.record("login", f"user:{anna.id}")
            consent_of(anna, str(seconds))
    data = own_data(User.get())
    assert data["birth_date"] is data["delete_at"] is None
    in_order = [moment(seconds).isoformat() for seconds in (20, 30)]
    assert [s["began"] for s in data["sessions"]] == [d["began"] for d in data["devices"]] == in_order
    assert [e["at"] for e in data["events"]] == in_order
    assert [c["kind"] for c in data["consents"]] == ["consent", "terms", "20", "30"]


@pytest.mark.parametrize(("outcome", "shown"), [("", False), ("approved", True), ("refused", True)])
def test_a_number_that_staff_ask_for_is_told_once_it_is_decided(
    anna: User, outcome: str, shown: bool
) -> None:
    texts = {"reason": "Утонул", "identified": "Паспорт", "asked_by": "s", "seen": ""}
    with db.atomic():
        PhoneChange.create(user=anna.id, phone=NEW_PHONE, until=moment(DAY), outcome=outcome, **texts)
    [told] = own_data(anna)["phone_changes"]
    assert (told["phone"], told["identified"]) == ((NEW_PHONE, "Паспорт") if shown else ("", ""))
    assert told["reason"] == "Утонул"


def test_who_has_no_number_is_told_none_and_looks_at_one_moment_stay_in_order(anna: User) -> None:
    with after(10), db.atomic():
        User.update(phone=no_number()).execute()
        for action in ("staff-resident-seen", "staff-cabinet-seen", "staff-data-handed-out"):
            Audit.record(action, "staff:clerk", anna.id)
    data = own_data(User.get())
    assert data["phone"] == ""
    assert [one["what"] for one in data["staff_access"]] == [
        "staff-resident-seen",
        "staff-cabinet-seen",
        "staff-data-handed-out",
    ]


def test_what_came_to_a_mailbox_before_it_was_proved_is_not_told(anna: User) -> None:
    with after(10), db.atomic():
        Message.enqueue("sms", "mine", to=PHONE)
        Message.enqueue("mail", "of_who_had_it_then", to=anna.email)
    with after(20), db.atomic():
        User.update(email_confirmed_at=moment(20)).where(User.id == anna.id).execute()
        Message.enqueue("mail", "since", to=anna.email)
    assert messages_of(User.get_by_id(anna.id)) == ["mine", "since"]
