"""What happens to an account: what is kept of it and told to the log, and what its resident sees."""

from typing import Any

import pytest
from peewee import Database

from cabinet.models import AccountEvent, Audit, User
from cabinet.models.account_event import (
    Happening,
    has_number_since,
    history_of,
    ids_of,
    number_changed_at,
)
from cabinet.models.database import db
from cabinet.models.prepared import insert
from cabinet.telemetry import events
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.models.clock import after, moment

IP = "192.0.2.1"


def record(seconds: float, kind: str, phone: str = PHONE, user: User | None = None) -> None:
    with after(seconds), db.atomic():
        AccountEvent.record(kind, phone, IP, "Firefox", user.id if user else None)


def audited(seconds: float, action: str, actor: str, subject: str = "") -> None:
    with after(seconds), db.atomic():
        Audit.record(action, actor, subject, "198.51.100.1")


def test_an_event_is_kept_with_all_that_is_known(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(events, "_counters", [lambda event, limit: told.append(event)])
    with after(5), db.atomic():
        AccountEvent.record("signed-in-new", PHONE, IP, "b" * 301, "user", passkey="key")
        AccountEvent.record("wrong-password", PHONE, IP)
    first, second = AccountEvent.select().order_by(AccountEvent.id)
    assert (first.kind, first.phone, first.ip, first.user_id) == ("signed-in-new", PHONE, IP, "user")
    assert (first.browser, first.detail, first.at) == ("b" * 300, {"passkey": "key"}, moment(5))
    assert (second.browser, second.detail, second.user_id) == ("", {}, None)
    assert told == ["signed_in_new", "login_refused"]


def test_a_history_is_of_the_events_of_this_resident_the_latest_first(database: Database) -> None:
    with after(10):
        anna, boris = resident(), resident(OTHER_PHONE)
    record(9, "wrong-password")  # to an earlier holder of the phone
    record(10, "wrong-password")
    record(13, "signed-in", "+79990000000", anna)  # by her phone of that time
    record(14, "signed-in", PHONE, boris)
    record(15, "signed-in", OTHER_PHONE, boris)
    audited(11, "email-changed", f"user:{anna.id}")
    audited(16, "email-changed", f"user:{boris.id}")
    audited(12, "user-blocked", "staff:1", anna.id)
    audited(17, "staff-resident-seen", "staff:1", anna.id)
    audited(18, "user-blocked", "staff:1", boris.id)
    whole = [
        Happening("signed-in", moment(13), IP, "Firefox"),
        Happening("user-blocked", moment(12), "", ""),
        Happening("email-changed", moment(11), "198.51.100.1", ""),
        Happening("wrong-password", moment(10), IP, "Firefox"),
    ]
    assert history_of(anna) == whole
    assert history_of(anna, 2) == whole[:2]


@pytest.mark.parametrize("kind", ["event", "own", "staff"])
def test_of_a_long_history_the_latest_is_shown(database: Database, kind: str) -> None:
    anna, moments = resident(), [moment(second) for second in range(101)]
    values: dict[str, Any] = {"actor": f"user:{anna.id}"} if kind == "own" else {"subject": anna.id}
    rows: list[Any] = [
        Audit(action="user-blocked", at=at, **{"actor": "staff:1", **values}) for at in moments
    ]
    if kind == "event":
        rows = [AccountEvent(kind="signed-in", phone=PHONE, user_id=anna.id, at=at) for at in moments]
    with db.atomic():
        insert(*rows)
    assert [one.at for one in history_of(anna)] == moments[:0:-1]
    assert [one.at for one in history_of(anna, 1)] == moments[100:]


@pytest.mark.parametrize("kind", ["signed-in", "signed-in-new"])
def test_whether_anybody_signed_in_since_a_moment(database: Database, kind: str) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    record(5, kind, user=anna)
    record(9, "wrong-password", user=anna)
    assert AccountEvent.signed_in_since(anna, moment(5)) and AccountEvent.signed_in_since(anna, moment(4))
    assert not AccountEvent.signed_in_since(anna, moment(6))
    assert not AccountEvent.signed_in_since(boris, moment(0))


def test_what_moves_with_a_cabinet_is_its_own_and_nobodys_of_its_number(database: Database) -> None:
    with after(10):
        anna, boris, vera = resident(), resident(OTHER_PHONE), resident(NEW_PHONE)
    record(9, "before", PHONE)
    record(10, "nobodys", PHONE)
    record(11, "hers", NEW_PHONE, anna)
    record(12, "his", PHONE, boris)
    record(13, "others", OTHER_PHONE)
    record(14, "of one more", PHONE, vera)
    with db.atomic():
        AccountEvent.move(anna, boris)
    owners = {row.kind: row.user_id for row in AccountEvent.select()}
    assert owners == {
        "before": None,
        "nobodys": boris.id,
        "hers": boris.id,
        "his": boris.id,
        "others": None,
        "of one more": vera.id,
    }


@pytest.mark.parametrize(
    ("action", "actor", "counts"),
    [
        *(("phone-changed", "user:{}", True), ("phone-taken-back", "user:{}", True)),
        *(("staff-phone-changed", "staff:1", True), ("email-changed", "user:{}", False)),
        ("staff-resident-renamed", "staff:1", False),
    ],
)
def test_a_number_is_the_residents_since_it_was_changed_last(
    database: Database, action: str, actor: str, counts: bool
) -> None:
    with after(1):
        anna, boris = resident(), resident(OTHER_PHONE)
    assert has_number_since(anna) == moment(1) and number_changed_at(anna) is None
    for seconds in (10, 20):
        audited(seconds, action, actor.format(anna.id), anna.id)
    assert has_number_since(anna) == moment(20 if counts else 1)
    audited(15, "phone-changed", f"user:{anna.id}", anna.id)
    assert number_changed_at(anna) == moment(20 if counts else 15)
    assert number_changed_at(boris) is None


def test_what_merged_cabinets_did_is_a_part_of_the_history_however_many_there_were(
    database: Database,
) -> None:
    with after(1):
        anna, boris = resident(), resident(OTHER_PHONE)
    for into, merged in ((anna.id, "second"), ("second", "third"), (boris.id, "his")):
        with after(2), db.atomic():
            Audit.record("cabinets-merged", f"user:{into}", into, merged=merged)
    for at, own in enumerate(("third", "second", "his"), 3):
        audited(at, "renamed", f"user:{own}", own)
    assert ids_of(anna) == [anna.id, "second", "third"] and ids_of(boris) == [boris.id, "his"]
    changed = [one.at for one in history_of(anna) if one.what == "renamed"]
    assert changed == [moment(4), moment(3)]
