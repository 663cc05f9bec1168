"""Lists go on where the page before ended: each row once, however many share a time or a name."""

import re
from typing import Any

import pytest
from flask import Flask

from cabinet.models import Audit, ConnectionRequest, Message, Registration, User, word_search
from cabinet.models.base import now
from cabinet.models.database import db, is_sqlite
from cabinet.models.user import search_key
from cabinet.staff import messages, paging
from tests.cast import resident
from tests.markup import attribute, one
from tests.staff.test_residents import search
from tests.visitor import Visitor

PER_PAGE, ROWS = 3, 8


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE", PER_PAGE)


def walk(desk: Visitor, address: str) -> list[str]:
    """The links of the first column, page after page."""
    seen = []
    desk.get(address)
    for _page in range(ROWS):
        links = [attribute(one(row, "a"), "href") for row in desk.page.select("tbody tr")]
        assert len(links) <= PER_PAGE
        seen += [link.rsplit("/", 1)[1] for link in links]
        if "Дальше" not in desk.text:
            return seen
        desk.follow("Дальше")
    raise AssertionError("it has no end")


def fill() -> dict[str, list[str]]:
    """Rows that all came at one moment; the keys of each list."""
    moment = now()
    with db.atomic():
        users = [resident(f"+7916123000{n}", last_name="Ёжикова", created_at=moment).id for n in range(ROWS)]
        asked = [
            ConnectionRequest.create(
                number=f"1000000{n}",
                created_at=moment,
                phone="+79161230000",
                last_name="Ёжикова",
                first_name="Анна",
                email="",
                city="Клин",
                street="Дачная",
                house="3",
                idempotency_key=str(n),
            ).number
            for n in range(ROWS)
        ]
        for n in range(ROWS):
            Registration.create(phone=f"+7916123000{n}", created_at=moment, user=users[n])
        waiting = [Message.enqueue("mail", "password_changed", to="a@example.org").id for _ in range(ROWS)]
        dead = [Message.enqueue("sms", "password_changed", to="+79161230000").id for _ in range(ROWS)]
        sent = [Message.enqueue("mail", "password_changed", to="a@example.org").id for _ in range(ROWS)]
        Message.update(due_at=moment).where(Message.id.in_(waiting)).execute()
        Message.update(due_at=None, dead_at=moment).where(Message.id.in_(dead)).execute()
        Message.update(due_at=None, sent_at=moment).where(Message.id.in_(sent)).execute()
    return {
        "residents": users,
        "registrations": users,
        "requests/new": asked,
        "requests/all": asked,
        "requests/new?sort=oldest": asked,
        "messages/waiting": waiting,
        "messages/dead": dead,
        "messages/dead?lane=sms": dead,
        "messages/sent": sent,
        "messages/sent?lane=mail": sent,
    }


def test_each_row_once(desk: Visitor) -> None:
    for address, keys in fill().items():
        assert sorted(walk(desk, f"/staff/{address}")) == sorted(keys), address


@pytest.mark.parametrize("query", ["ёжик", "+7916123", "ёжикова анна"])
def test_each_found_once(desk: Visitor, query: str) -> None:
    users = fill()["residents"]
    resident("+79161240000", last_name="Ёлкина")
    search(desk, query)
    assert sorted(walk(desk, "/staff/residents/found")) == sorted(users)


@pytest.mark.parametrize("query", ["ёжик", "+7916123"])
def test_a_page_never_begins_before_what_was_searched_for(desk: Visitor, query: str) -> None:
    users = fill()["residents"]
    other = resident("+79160000000", last_name="Авдеева")
    search(desk, query)
    found = walk(desk, f"/staff/residents/found?after={other.id}")
    assert sorted(found) == sorted(users)


def test_audit_is_walked_to_its_end(admin_desk: Visitor) -> None:
    moment = now()
    with db.atomic():
        for _ in range(ROWS):
            Audit.create(action="x", actor="system", subject="y", at=moment)
    admin_desk.get("/staff/audit?actor=system&subject=y")
    count = len(admin_desk.page.select("tbody tr"))
    while "Дальше" in admin_desk.text:
        admin_desk.follow("Дальше")
        count += len(admin_desk.page.select("tbody tr"))
    assert count == ROWS


def test_counts_end_somewhere(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    fill()
    monkeypatch.setattr(messages, "MOST_COUNTED", ROWS)
    desk.get("/staff/messages")
    assert f"Не доставлены: {ROWS}" in desk.text and f"{ROWS}+" not in desk.text
    monkeypatch.setattr(messages, "MOST_COUNTED", ROWS - 1)
    desk.get("/staff/messages")
    assert f"Не доставлены: {ROWS - 1}+" in desk.text


@pytest.mark.parametrize("name", ["Ё_", "о'Нил", "Анна-Мария", "\u0451\u0301", "Ёж 😀"])
def test_the_end_of_a_beginning_lies_behind_all_that_begin_so(desk: Visitor, name: str) -> None:
    found: User = resident("+79161230001", last_name=name)
    assert search_key(name) < search_key(found.full_name) < search_key(name) + b"\xff"
    assert search(desk, name) == [found.id]


LISTS = (
    *(f"requests/{state}" for state in ("new", "in_work", "mine", "done", "refused", "all")),
    *(f"requests/{state}?sort=oldest" for state in ("new", "mine", "all")),
    *(f"messages/{state}{channel}" for state in ("dead", "waiting", "sent") for channel in ("", "?lane=sms")),
    *("residents", "registrations", "imports", "audit", "audit?actor=system", "audit?subject=x"),
)
CARDS = ("resident/{0}", "request/10000000", "message/{1}")
SMALL = ("staff", "web_session", "column_map", "passed_number", "reply_template")


@pytest.fixture
def statements(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What is asked of the database from now on."""
    if not is_sqlite():
        pytest.skip("PostgreSQL plans by the sizes of tables, which are small here")
    heard: list[tuple[str, Any]] = []
    execute = db.obj.execute_sql

    def listen(sql: str, params: Any = None) -> Any:
        heard.append((sql, params))
        return execute(sql, params)

    monkeypatch.setattr(db.obj, "execute_sql", listen)
    return heard


def plans(statements: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    """How SQLite goes about each SELECT of large tables."""
    found = []
    for sql, params in list(statements):
        if sql.startswith("SELECT") and not any(f'FROM "{name}"' in sql for name in SMALL):
            rows = db.execute_sql("EXPLAIN QUERY PLAN " + sql, params).fetchall()
            found.append((sql, "; ".join(row[3] for row in rows)))
    statements.clear()
    assert found
    return found


def searched(sql: str, plan: str) -> bool:
    """Whether an index finds the rows; one that only orders will do where all rows are asked for."""
    nothing = "WHERE (0 = 1)" in sql  # no row is looked at
    ordered = "WHERE" not in sql.partition(" ORDER BY ")[0] and "SCAN t1 USING INDEX" in plan
    return ("SCAN t1" not in plan or ordered or nothing) and "_word" not in "".join(
        re.findall(r"SCAN \w+", plan)
    )


def test_lists_come_from_indexes_alone(admin_desk: Visitor, statements: list[tuple[str, Any]]) -> None:
    fill()
    desk = admin_desk
    statements.clear()
    for address in LISTS:
        desk.get(f"/staff/{address}")
        for _ in range(2):
            for sql, plan in plans(statements):
                assert searched(sql, plan) and "TEMP B-TREE" not in plan, (address, sql, plan)
            if "Дальше" not in desk.text:
                break
            desk.follow("Дальше")


@pytest.mark.parametrize(
    "query",
    ["ёжик", "анна ёжик", "дачная 3", "0001", "a@b", "+7916123", "+79161230001", "12345-67890", "нет такого"],
)
def test_searches_come_from_indexes_alone(
    desk: Visitor, statements: list[tuple[str, Any]], query: str
) -> None:
    fill()
    search(desk, query)
    for address in ("/staff/search", "/staff/residents/found"):
        statements.clear()
        desk.get(address)
        for sql, plan in plans(statements):
            assert searched(sql, plan), (sql, plan)


@pytest.mark.parametrize(
    "query", ["ежик анна", "дачная 3", "10000001", "+7 916 123-00-00", "0000", "a@example.org", "нет такого"]
)
@pytest.mark.parametrize("many", [2, 4_000])
def test_requests_are_found_by_indexes_alone(
    desk: Visitor, statements: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch, query: str, many: int
) -> None:
    fill()
    monkeypatch.setattr(word_search, "MANY", many)
    desk.get("/staff/requests")
    desk.fill_and_submit("search form", query=query)
    statements.clear()
    desk.get("/staff/requests/found")
    for sql, plan in plans(statements):
        assert searched(sql, plan), (sql, plan)


def test_messages_of_one_receiver_come_from_an_index(
    desk: Visitor, statements: list[tuple[str, Any]]
) -> None:
    fill()
    desk.get("/staff/messages")
    desk.fill_and_submit("form[role=search]", query="8 916 123-00-01")
    statements.clear()
    desk.get("/staff/messages/found")
    for sql, plan in plans(statements):
        assert searched(sql, plan) and "TEMP B-TREE" not in plan, (sql, plan)


def test_cards_scan_nothing(desk: Visitor, statements: list[tuple[str, Any]]) -> None:
    keys = fill()
    for address in CARDS:
        statements.clear()
        desk.get("/staff/" + address.format(keys["residents"][0], keys["messages/sent"][0]))
        assert desk.status == 200
        for sql, plan in plans(statements):
            assert searched(sql, plan), (address, sql, plan)
