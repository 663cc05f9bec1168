"""The staff's lists, searches and cards come from indexes, however many rows there are."""

import re
from typing import Any

import pytest
from flask import Flask

from cabinet.models import ConnectionRequest, Staff, word_search
from cabinet.models.database import db, is_sqlite
from cabinet.staff import paging
from tests.staff.test_paging import PER_PAGE, ROWS, fill
from tests.staff.test_residents import search
from tests.visitor import Visitor


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE", PER_PAGE)


LISTS = (
    *(f"requests/{state}" for state in ("new", "in_work", "mine", "done", "refused", "all")),
    *(f"requests/{state}?sort=created" for state in ("new", "mine", "all")),
    *(f"requests/{state}?sort={way}state" for state in ("mine", "all") for way in ("", "-")),
    *(f"requests/{state}?sort={way}colleague" for state in ("new", "in_work", "all") for way in ("", "-")),
    "requests/all?sort=colleague&since=2020-01-01&until=2099-12-31",
    *(f"requests/{state}?who={{who}}" for state in ("new", "in_work", "all", "overdue")),
    *(f"requests/new?since=2020-01-01&until=2099-12-31{sort}" for sort in ("", "&sort=created")),
    *(f"requests/in_work?who={{who}}&since=2020-01-01{sort}" for sort in ("", "&sort=created")),
    *(f"messages/{state}{channel}" for state in ("dead", "waiting", "sent") for channel in ("", "?lane=sms")),
    *(
        *("residents", "residents?sort=name", "residents?sort=-name", "residents?sort=created"),
        *("registrations", "registrations?sort=created", "imports?sort=created", "audit?sort=at"),
        *("messages/dead?sort=when", "messages/waiting?sort=-when", "messages/sent?sort=when&lane=sms"),
        "registrations/invitations",
        "imports",
        "audit",
        "audit?actor=system",
        "audit?subject=x",
    ),
)
CARDS = ("resident/{0}", "request/10000000", "message/{1}")
SMALL = (
    *("staff", "web_session", "column_map", "passed_number", "reply_template", "presence"),
    "gateway_health",  # a row for each receiver that settings name
)


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


def test_lists_come_from_indexes_alone(
    admin_desk: Visitor, admin: Staff, statements: list[tuple[str, Any]]
) -> None:
    fill()
    with db.atomic():
        taken = ConnectionRequest.select(ConnectionRequest.id).limit(ROWS - 2)
        ConnectionRequest.update(state="in_work", assignee=admin.id).where(
            ConnectionRequest.id.in_(taken)
        ).execute()
    desk = admin_desk
    statements.clear()
    for address in LISTS:
        desk.get(f"/staff/{address}".format(who=admin.id))
        for _ in range(2):
            for sql, plan in plans(statements):
                assert searched(sql, plan) and "TEMP B-TREE" not in plan, (address, sql, plan)
            if "Дальше" not in desk.text:
                break
            desk.follow("Дальше")


@pytest.mark.sample(2)
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


@pytest.mark.sample(2)
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
