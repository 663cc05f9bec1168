"""Requests are found by their number and by what somebody says on the telephone."""

import pytest
from flask import Flask

from cabinet.models import Audit, ConnectionRequest, RequestWord, request_search, word_search
from cabinet.models.database import db
from tests.staff.test_requests import asked
from tests.visitor import Visitor


@pytest.mark.parametrize(
    "query",
    [
        "12345678",
        " 12345678 ",
        "8 916 123-45-67",
        "+79161234567",
        "123-456-7890",
        "12З4567890",  # a Russian З for a 3
    ],
)
def test_a_request_is_found(desk: Visitor, query: str) -> None:
    asked(account="1234567890", account_key="1234567890")
    asked("87654321", phone="+79037654321", state="done")
    desk.get("/staff/requests")
    desk.fill_and_submit(query=query)
    assert desk.path == "/staff/search", "what is searched for is in no address"
    assert [a.get_text() for a in desk.page.select("td a")] == ["12345678"]
    listed = Audit.select().where(Audit.action == "staff-searched").order_by(Audit.id.desc()).first()
    assert listed.detail == {"shown": ["12345678"]}


@pytest.mark.parametrize(
    "query",
    [
        *("Ёлкина", "елкина", "мария елк", "Ёлкина-Прутко Мария", "прутко", "ПРУТКО ИВАНОВНА"),
        *("Зеленая 19", "ул. Зелёная, д. 19, кв. 4", "клин зелёная", "19 зел", "19а мария"),
        *("masha@example.org", " MASHA@example.org", "4501", "45-01", "45 01", "4501 мария"),
    ],
)
def test_a_request_is_found_by_what_is_said_on_the_telephone(desk: Visitor, query: str) -> None:
    asked(
        last_name="Ёлкина-Прутко",
        first_name="Мария",
        middle_name="Ивановна",
        phone="+79161114501",
        email="Masha@example.org",
        street="Зелёная",
        house="19",
        building="19а",
        flat="4",
    )
    asked("87654321", last_name="Прутов", street="Зеленодольская", house="191", email="amasha@example.org")
    desk.get("/staff/requests")
    desk.fill_and_submit(query=query)
    assert [a.get_text() for a in desk.page.select("td a")] == ["12345678"]


def numbers(query: str) -> list[str]:
    """Those found, as they are numbered, newest first."""
    keys = request_search.find(query).keys
    rows = ConnectionRequest.select().where(ConnectionRequest.id.in_(keys))
    return [row.number for row in rows.order_by(ConnectionRequest.id.desc())]


def test_common_words_find_the_newest_and_rare_ones_the_oldest(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_search, "MANY", 3)
    monkeypatch.setattr(word_search, "COMMON", 3)
    for number in range(8):
        asked(f"1111111{number}", flat=str(number), last_name="Ежов" if number == 6 else "Ежова")

    def found(query: str) -> list[str]:
        return [number[-1] for number in numbers(query)]

    assert found("ежова дачная") == ["7", "5"], (
        "of each word there are too many: three requests are looked at"
    )
    assert request_search.find("ежова дачная").more
    assert found("дачная 0") == ["0"] and found("анна ежова 1") == ["1"]
    assert not request_search.find("дачная 0").more
    assert found("ежов дачная") == ["7", "6", "5"], "words are found by their beginning"
    monkeypatch.setattr(word_search, "MANY", 100)
    assert found("ежов дачная") == list("76543210"), "each once"
    monkeypatch.setattr(word_search, "MOST", 5)
    assert len(found("ежов дачная")) == 5 and request_search.find("ежов дачная").more


def test_a_name_that_is_corrected_is_found_by_the_new_one_alone(app: Flask) -> None:
    found = asked()
    found.last_name = "Ужова"
    with db.atomic():
        found.save()
    assert numbers("ужова анна") == [found.number] and not numbers("ежова")


def test_words_go_with_their_request(app: Flask) -> None:
    found = asked()
    with db.atomic():
        found.delete_instance()
    assert not RequestWord.select().exists()


@pytest.mark.parametrize(
    "query", ["", "99999999", "Жукова", "Ежова Жукова", "\0", "%", "я" * 100, "🙂", "ул."]
)
def test_no_request_is_found(desk: Visitor, query: str) -> None:
    asked()
    desk.get("/staff/requests")
    desk.fill_and_submit(query=query)
    assert desk.path == "/staff/search"
    assert ("Ничего не нашли" if query.strip("\0") else "Напишите имя") in desk.text
    assert not desk.page.select("td a")
