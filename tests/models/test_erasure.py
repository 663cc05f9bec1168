"""Of a resident who has everything nothing is left after an erasure, in any table."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from peewee import Database

from cabinet.delivery.fan_out import fan_out
from cabinet.models import (
    AccountEvent,
    Attempt,
    Audit,
    Consent,
    EmailLink,
    Message,
    OneTimeCode,
    Registration,
    Unread,
    User,
    audit_chain,
    audit_check,
    departure,
    erasure,
    profile,
)
from cabinet.models.base import now
from cabinet.models.code import Verdict
from cabinet.models.data_map.reading import data_map
from cabinet.models.database import db
from cabinet.models.erasure import cleared, forget_erased, traces_of
from cabinet.models.mailbox import counted_as
from cabinet.receipts import store
from cabinet.worker.purge import purge
from config import Settings
from tests.cast import LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.models.everything import BROWSER, EMAIL, IP, MARKS, everything, left_of


def test_nothing_is_left_of_who_has_everything_but_what_the_map_says(
    database: Database, settings: Settings
) -> None:
    anna = everything()
    found, told = set(left_of((*MARKS, anna.id))), data_map()
    deleted = {name for name, one in told.items() if one.columns and one.erased == "deleted"}
    assert deleted <= found | {"unread", "max_contact"}, "there is something to erase in each table"
    with db.atomic():
        User.update(delete_at=now()).where(User.id == anna.id).execute()
    purge()
    with db.atomic():
        Message.update(due_at=None, sent_at=now()).where(Message.due_at.is_null(False)).execute()
    purge()
    left = left_of((*MARKS, anna.id))
    farewell = {f"data: {row.data}" for row in Message.select().where(Message.template == "deleted")}
    kept = {name: set(texts) - farewell for name, texts in left.items() if set(texts) - farewell}
    for table, texts in kept.items():
        columns = {text.partition(":")[0] for text in texts}
        said = {column: told[table].erasure_of(column) for column in columns}
        assert set(said.values()) == {"kept"}, (table, texts)
    assert set(kept["attempt"]) <= {f"subject: {IP}", f"subject: {LESNAYA}"}
    assert set(kept["audit"]) == {f"actor: user:{anna.id}", f"subject: {anna.id}"}
    assert not Unread.select().exists()
    assert not [path for path in store.folder().iterdir() if path.is_file()]
    assert audit_chain_is_whole()


def audit_chain_is_whole() -> bool:
    audit_chain.seal()
    return not audit_check.verify()[1]


def test_of_former_numbers_and_addresses_nothing_is_left_either(database: Database) -> None:
    anna = resident(PHONE, email=EMAIL)
    marks = (PHONE, EMAIL, "draft@example.org")
    with db.atomic():
        Registration.create(user=anna, phone=OTHER_PHONE, email=marks[2], completed_at=now())
        for to in marks:
            Message.enqueue("mail", "over", to=to, data={"name": "Анна"})
        Message.update(due_at=None).execute()
        EmailLink.create(user=anna, email=EMAIL, expires_at=anna.created_at)
        AccountEvent.record("signed-in", PHONE, IP, BROWSER, anna.id)
        AccountEvent.record("wrong-password", PHONE, IP, BROWSER)
        Attempt.add(("login", PHONE), counted_as(EMAIL))
        User.update(phone=NEW_PHONE, email="new@example.org").execute()
        Audit.record("phone-changed", f"user:{anna.id}", anna.id)
    departure.erase(User.get())
    assert left_of((*marks, counted_as(EMAIL)[1])) == {}


def test_a_former_number_that_another_has_now_keeps_what_is_theirs(database: Database) -> None:
    anna = resident(NEW_PHONE)
    boris = resident(PHONE)
    with db.atomic():
        AccountEvent.record("signed-in", PHONE, IP, BROWSER, anna.id)
        AccountEvent.record("wrong-password", PHONE, IP, BROWSER)
        Message.enqueue("sms", "over", to=PHONE)
        Message.enqueue("mail", "over", to="boris@example.org")
        Registration.create(user=boris, phone=PHONE, email="boris@example.org", completed_at=now())
        Message.update(due_at=None).execute()
        Attempt.add(("login", PHONE))
    departure.erase(anna)
    assert Message.select().where(Message.to == "boris@example.org").exists()
    assert Message.select().where(Message.to == PHONE).count() == Attempt.select().count() == 1
    assert [(one.kind, one.user_id) for one in AccountEvent.select()] == [("wrong-password", None)]
    assert User.get() == boris


def test_who_comes_by_a_former_number_later_and_has_no_cabinet_yet_keeps_what_is_theirs(
    database: Database,
) -> None:
    with time_machine.travel(now() - timedelta(days=2), tick=False):
        anna = resident(PHONE)
        with db.atomic():
            AccountEvent.record("signed-in", PHONE, IP, BROWSER, anna.id)
        own = OneTimeCode.send("confirm", PHONE, IP, "ru")
        profile.change_phone(anna, NEW_PHONE, IP, "")
    code = OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru")
    with db.atomic():
        AccountEvent.record("wrong-code", PHONE, "192.0.2.1", BROWSER)
        draft = Registration.begin(PHONE, "ru", ("1", "text"), "192.0.2.1", BROWSER)
        Message.enqueue("staff", "over", data={"phone": PHONE, "name": "Борис"})
        counted = Attempt.select().where(Attempt.subject == PHONE).count()
        Message.update(due_at=None).execute()
    departure.erase(anna, cleared(anna))
    assert code.verify(code.digits) is Verdict.RIGHT
    assert OneTimeCode.find(own.id) is None
    assert [row.data.get("name") for row in Message.select().where(Message.template == "over")] == ["Борис"]
    assert [row.id for row in Registration.select()] == [draft.id]
    [consent] = Consent.select()
    assert consent.withdrawn_at is None and consent.ip == "192.0.2.1"
    kept = {(one.kind, one.ip) for one in AccountEvent.select()}
    assert kept == {("code-sent", "192.0.2.1"), ("wrong-code", "192.0.2.1")}
    assert Message.select().where(Message.template == "code", Message.to == PHONE).count() == 1
    assert 0 < Attempt.select().where(Attempt.subject == PHONE).count() < counted


def test_an_address_that_ends_like_the_one_erased_keeps_what_names_it(database: Database) -> None:
    anna, boris = resident(PHONE, email="ivanov@mail.ru"), resident(OTHER_PHONE, email="p.ivanov@mail.ru")
    with db.atomic():
        for user in (anna, boris):
            user.notify_staff("profile_changed", what="name", before="Прежнее")
        Message.update(due_at=None).execute()
    departure.erase(anna, cleared(anna))
    changed = Message.select().where(Message.template == "profile_changed")
    assert [row.data.get("email") for row in changed.order_by(Message.created_at)] == [None, boris.email]


def test_what_waited_is_forgotten_once_it_is_over_however_it_ends(database: Database) -> None:
    anna = resident(PHONE, email=EMAIL)
    with db.atomic():
        told = Message.enqueue("staff", "registered", data={"phone": PHONE})
        Message.enqueue("mail", "password_changed", to=EMAIL, data={"name": "Анна"})
        Message.enqueue("webhook", "registered", to="https://example.org/", data={"phone": PHONE})
    departure.erase(anna)
    assert forget_erased() == 0, "it is to be sent"
    with db.atomic():
        dead: dict[str, Any] = {"due_at": None, "dead_at": anna.created_at, "error": f"no mailbox {EMAIL}"}
        Message.update(**dead).where(Message.template != "deleted").execute()
    assert forget_erased() == 3
    [row] = Message.select().where(Message.template != "deleted")
    assert (row.id, row.data, row.error) == (told.id, {}, "")
    assert forget_erased() == 0


def test_copies_made_after_an_erasure_are_forgotten_as_well(database: Database, settings: Settings) -> None:
    anna = resident(PHONE)
    with db.atomic():
        waits = Message.enqueue("staff", "registered", data={"phone": PHONE})
    departure.erase(anna)
    held = Message.claim_next("staff")
    assert held and held.id == waits.id
    fan_out(held, replace(settings, staff_emails=("staff@example.org",)))
    [copy] = Message.select().where(Message.parent == waits.id)
    assert copy.data == {"phone": PHONE}
    with db.atomic():
        Message.update(due_at=None, dead_at=anna.created_at).where(Message.id == copy.id).execute()
    forget_erased()
    assert not Message.select().where(Message.id == copy.id).exists()
    assert Message.get_by_id(waits.id).data == {}


def test_no_transaction_of_an_erasure_changes_many_rows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = resident(PHONE, email=EMAIL)
    many = 3 * erasure.BATCH
    with db.atomic():
        for number in range(many):
            Message.enqueue("staff", "over", data={"user": anna.id})
            Message.enqueue("mail", "over", to=EMAIL)
            AccountEvent.record("signed-in", PHONE, IP, BROWSER, anna.id, number=number)
            Audit.record("renamed", f"user:{anna.id}", anna.id, IP)
            Attempt.add(("login", PHONE))
        Message.update(due_at=None).execute()
    changed = rows_of_each_transaction(monkeypatch)
    departure.erase(anna, cleared(anna))
    assert sum(changed) >= 5 * many
    assert max(changed) <= erasure.BATCH + 50
    assert left_of((PHONE, EMAIL, anna.id, IP), (AccountEvent, Attempt)) == {}


def rows_of_each_transaction(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each outermost transaction changes from now on, one number per transaction."""
    changed: list[int] = []
    execute = db.obj.execute_sql

    def counting(sql: str, params: Any = None, *rest: Any) -> Any:
        cursor = execute(sql, params, *rest)
        if sql.startswith("BEGIN"):
            changed.append(0)
        elif sql.startswith(("INSERT", "UPDATE", "DELETE")):
            changed[-1] += max(0, cursor.rowcount)
        return cursor

    begin = db.obj.begin

    def beginning(*args: Any, **kwargs: Any) -> Any:
        changed.append(0)
        return begin(*args, **kwargs)

    monkeypatch.setattr(db.obj, "execute_sql", counting)
    monkeypatch.setattr(db.obj, "begin", beginning)
    return changed


def test_what_waits_to_be_sent_is_emptied_when_it_is(database: Database) -> None:
    anna = resident(PHONE, email=EMAIL)
    with db.atomic():
        waits = Message.enqueue("webhook", "registered", to="https://example.org/", data={"phone": PHONE})
    departure.erase(anna)
    kept = Message.get_by_id(waits.id)
    assert kept.data == {"phone": PHONE} and kept.blank_after


def test_what_comes_while_it_is_looked_for_goes_too_and_nothing_of_others(database: Database) -> None:
    anna, boris = resident(PHONE), resident(OTHER_PHONE)
    with db.atomic():
        Attempt.add(("login", OTHER_PHONE), ("login", f"{PHONE}1"))
        Message.enqueue("staff", "over", data={"user": boris.id})
    found = traces_of(anna)
    with db.atomic():
        Message.enqueue("staff", "over", data={"user": anna.id})
        Message.update(due_at=None).where(Message.template == "over").execute()
    departure.erase(anna, found)
    over = Message.select().where(Message.template == "over")
    assert [row.data for row in over.order_by(Message.created_at)] == [{"user": boris.id}, {}]
    assert {row.subject for row in Attempt.select()} == {OTHER_PHONE, f"{PHONE}1"}
