"""Statements that are written once say the same as those that are written anew each time."""

from typing import Any

import pytest
from peewee import Database, IntegrityError

from cabinet.models import Attempt, Audit, ConsentText, OneTimeCode, User, WebSession, base, prepared
from cabinet.models.database import db, transaction
from cabinet.models.prepared import (
    Prepared,
    columns,
    execute,
    insert,
    insert_if,
    insert_numbered,
    made,
    update,
)
from tests.cast import OTHER_PHONE, PHONE, resident


@pytest.fixture(autouse=True)
def nothing_written() -> None:
    """A process begins: no statement was written yet."""
    for kept in (prepared._fields, prepared._insertion, prepared._change):
        kept.cache_clear()


def test_a_row_is_found_as_peewee_finds_it(database: Database) -> None:
    anna, _ = resident(), resident(OTHER_PHONE)
    by_phone: Prepared[User] = Prepared(lambda phone: User.select().where(User.phone == phone))
    for _ in range(2):
        found = by_phone.first(PHONE)
        assert found is not None and found.__data__ == User.get_by_id(anna.id).__data__
        assert not found.dirty_fields
    assert by_phone.first("+79990000000") is None and by_phone.all("+79990000000") == []


def test_values_stand_where_they_belong_and_constants_stay(database: Database) -> None:
    query: Prepared[Attempt] = Prepared(
        lambda subject, kind, most: (
            Attempt.select(Attempt.subject)
            .where(Attempt.kind == kind, Attempt.subject != subject, Attempt.subject != "c")
            .order_by(Attempt.id.desc())
            .limit(most)
        )
    )
    with transaction():
        Attempt.add(*(("test", name) for name in "abcd"), ("other", "e"))
    assert [row.subject for row in query.all("d", "test", 1)] == ["b"]
    assert [row.subject for row in query.all("a", "test", 9)] == ["d", "b"]
    with pytest.raises(ValueError):
        query.all("a", "test")


def test_documents_are_kept_as_peewee_keeps_them(database: Database) -> None:
    detail: dict[str, Any] = {"a": [1, "ё", None], "b": {"c": True}}
    with transaction():
        Audit.create(actor="none", action="x", detail=detail)
        Audit.create(actor="one", action="x", detail=detail)
        insert(Audit(actor="two", action="x", detail=detail))
        update(Audit.get(Audit.actor == "one"), "detail")
        insert(Audit(actor="three", action="x", detail={}))
    change: Prepared[Audit] = Prepared(
        lambda actor, detail: Audit.update(detail=detail).where(Audit.actor == actor), documents=["detail"]
    )
    with transaction():
        assert change.changed("three", detail) == 1 and change.changed("nobody", detail) == 0
    texts = db.execute_sql("SELECT CAST(detail AS TEXT) FROM audit").fetchall()
    assert len(set(texts)) == 1
    assert [row.detail for row in Audit.select()] == [detail] * 4


def test_a_row_is_written_only_where_a_condition_holds(database: Database) -> None:
    condition = "NOT EXISTS (SELECT 1 FROM audit WHERE actor = ? AND action <> ?)"
    with transaction():
        for actor, written in (("one", True), ("two", True), ("one", False)):
            row = Audit(actor=actor, action="x", detail={"a": 1})
            assert insert_if(condition, (actor, "y"), row) is written
    assert [(row.actor, row.action, row.detail) for row in Audit.select().order_by(Audit.id)] == [
        *(("one", "x", {"a": 1}), ("two", "x", {"a": 1})),
    ]


def test_sql_by_hand_makes_rows_as_peewee_does(database: Database) -> None:
    anna, _ = resident(), resident(OTHER_PHONE)
    row = execute(f'SELECT {columns(User)} FROM "user" WHERE phone = ?', [PHONE]).fetchone()
    found = made(User, row)
    assert isinstance(found, User) and found.__data__ == User.get_by_id(anna.id).__data__
    assert not found.dirty_fields
    with pytest.raises(ValueError):
        made(User, row[:-1])


def test_several_rows_are_one_statement_and_keep_their_numbers(database: Database) -> None:
    with transaction():
        Attempt.add(("test", "before"))
        numbers = insert_numbered(*(Attempt(kind="test", subject=name) for name in "abc"))
        insert(Attempt(kind="test", subject="after"))
    assert [Attempt.get_by_id(number).subject for number in numbers] == ["a", "b", "c"]


def test_some_fields_of_one_row_are_changed(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    anna.first_name, anna.locale = "Анна-Мария", "en"
    with transaction():
        update(anna, "locale")
    assert (User.get_by_id(anna.id).locale, User.get_by_id(anna.id).first_name) == ("en", "Анна")
    assert User.get_by_id(boris.id).locale == "ru"


def test_nothing_is_written_outside_of_a_transaction(database: Database) -> None:
    with pytest.raises(Exception, match="outside of a transaction"):
        Attempt.add(("test", "one"))
    assert not Attempt.select().exists()


def test_a_transaction_inside_another_is_that_one(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        with transaction():
            Attempt.add(("test", "one"))
        _ = 1 / 0
    assert not Attempt.select().exists()
    with pytest.raises(IntegrityError), transaction():
        Attempt.add(("test", "one"))
        with transaction():
            for _ in range(2):
                insert(ConsentText(sha256="a", kind="terms", version="1", text=""))
    assert not Attempt.select().exists() and not db.in_transaction()


def test_what_a_right_code_begins_stands_or_falls_with_its_use(database: Database) -> None:
    def begin() -> None:
        assert db.in_transaction()
        WebSession.store("key", {}, None, "", "")
        raise ZeroDivisionError

    code = OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru")
    with pytest.raises(ZeroDivisionError):
        code.verify(code.digits, then=begin)
    assert OneTimeCode.get().used_at is None and OneTimeCode.get().tries == 1
    assert WebSession.find("key") is None
    assert Attempt.count("wrong-code", PHONE, 60) == 1, "the guess is counted all the same"
    assert base.now() < code.expires_at
