"""What is found while somebody types, and the page that finds requests and residents together."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from cabinet.models import Audit, ConnectionRequest, User
from cabinet.models.database import db
from tests.cast import LESNAYA, PHONE, bill, resident
from tests.markup import attribute
from tests.staff.test_requests import asked
from tests.visitor import Visitor


@pytest.fixture
def anna(desk: Visitor) -> User:
    """A resident with an account, whose neighbour asked for a connection."""
    bill()
    asked(last_name="Ёжикова", street="Лесная", house="5")
    return resident(PHONE, accounts=[LESNAYA], last_name="Ёжикова")


def suggested(desk: Visitor, typed: str) -> list[str]:
    """The addresses of what is suggested."""
    return [attribute(link, "href") for link in answer(desk, typed).select("a")]


def answer(desk: Visitor, typed: str) -> BeautifulSoup:
    """What the page gets for what is typed."""
    desk.get("/staff/messages")
    data = {"query": typed, "csrf_token": desk.csrf_token}
    response = desk.client.post("/staff/search/suggestions", data=data, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


@pytest.mark.parametrize("typed", ["еж", "лесная 5", "ёжикова, лесн", "4567"])
def test_residents_and_requests_are_suggested(desk: Visitor, anna: User, typed: str) -> None:
    number = ConnectionRequest.get().number
    assert suggested(desk, typed) == [f"/staff/resident/{anna.id}", f"/staff/request/{number}"]
    seen = Audit.select().where(Audit.action == "staff-searched").order_by(Audit.id.desc()).first()
    assert seen.detail == {"shown": [number, anna.id]}


def test_who_has_no_name_to_be_sorted_by_is_found_first(desk: Visitor, anna: User) -> None:
    """Rows that an earlier version wrote, until the worker has caught up."""
    with db.atomic():
        other = resident("+79161234568")
        User.update(search_name=None).where(User.id == other.id).execute()
    assert suggested(desk, "+7916123456") == [f"/staff/resident/{one.id}" for one in (other, anna)]


@pytest.mark.parametrize("typed", ["", "е", " ", "я" * 101])
def test_too_little_or_too_much_suggests_nothing(desk: Visitor, anna: User, typed: str) -> None:
    assert suggested(desk, typed) == []
    assert not Audit.select().where(Audit.action == "staff-searched").exists(), "nobody was seen"


def test_many_are_named_as_such(desk: Visitor) -> None:
    for number in range(6):
        resident(f"+7916123000{number}")
    told = answer(desk, "иванова")
    assert len(told.select("a")) == 5 and "Это не все" in told.get_text()


def test_nobody_is_suggested_to_strangers(app: Flask, visitor: Visitor) -> None:
    resident(PHONE)
    visitor.get("/staff/sign-in")
    data = {"query": "иванова", "csrf_token": visitor.csrf_token}
    response = visitor.client.post("/staff/search/suggestions", data=data, headers={"HX-Request": "true"})
    assert "Иванова" not in response.get_data(as_text=True)
    assert response.headers["HX-Retarget"] == "#step", "the sign-in takes the place of the page"
    visitor.get("/staff/search")
    assert visitor.path == "/staff/sign-in"


def test_one_search_finds_both_and_leads_to_all_of_them(desk: Visitor, anna: User) -> None:
    for number in range(11):
        resident(f"+7916123000{number:02}", last_name="Ежова")
        asked(f"2000000{number:02}", last_name="Ежова")
    desk.get("/staff/messages")
    desk.fill_and_submit("search form", query="ёж")
    assert desk.path == "/staff/search" and len(desk.page.select("td a")) == 20
    desk.follow("Все найденные жители")
    assert len(desk.page.select("td a")) == 12
    desk.get("/staff/search")
    desk.follow("Все найденные заявки")
    assert len(desk.page.select("td a")) == 12 and "Поиск: «ёж»" in desk.text
    desk.follow("Показать все")
    assert desk.path == "/staff/requests"
