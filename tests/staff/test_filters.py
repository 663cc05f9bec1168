"""Lists of requests by days, colleague and lateness; their files have what they have."""

from datetime import datetime, timedelta

import pytest

from cabinet.models import ConnectionRequest, Staff, User, request_search, resident_search, word_search
from cabinet.models.database import db
from cabinet.models.request_note import Unread
from tests.cast import resident
from tests.staff.test_exports import rows
from tests.staff.test_requests import asked
from tests.visitor import Visitor


def listed(desk: Visitor, address: str = "") -> list[str]:
    if address:
        desk.get(f"/staff/requests/{address}")
    return [a.get_text() for a in desk.page.select("td.nowrap a")]


def exported(desk: Visitor) -> list[str]:
    """The numbers in the file that the list offers, in its order."""
    link = next(a for a in desk.page.select("a[href*='/export/']") if "CSV" in a.get_text())
    return [row[0] for row in rows(desk, str(link["href"]).removeprefix("/staff/export/"))[1:]]


@pytest.fixture
def several(clerk: Staff, admin: Staff) -> None:
    """Four requests: of two days of Moscow, in two states, with two members of staff."""
    asked("11111111", created_at=datetime(2026, 10, 1, 20, 59), state="in_work", assignee=clerk.id)
    asked("22222222", created_at=datetime(2026, 10, 1, 21, 0), state="in_work", assignee=clerk.id)
    asked("33333333", created_at=datetime(2026, 10, 2, 20, 59), state="done", assignee=clerk.id)
    asked("44444444", created_at=datetime(2026, 10, 2, 21, 0), state="in_work", assignee=admin.id)


@pytest.mark.parametrize(
    ("address", "numbers"),
    [
        ("all?since=2026-10-02&until=2026-10-02", ["33333333", "22222222"]),
        ("all?since=2026-10-02", ["44444444", "33333333", "22222222"]),
        ("all?until=2026-10-01", ["11111111"]),
        ("in_work?who={clerk}", ["22222222", "11111111"]),
        ("in_work?who={clerk}&sort=created", ["11111111", "22222222"]),
        ("in_work?who={clerk}&sort=oldest", ["11111111", "22222222"]),
        ("in_work?who={clerk}&since=2026-10-02", ["22222222"]),
        ("overdue?who={admin}", ["44444444"]),
        ("overdue", ["11111111", "22222222", "44444444"]),
        ("mine?until=2026-10-01&who={admin}", ["11111111"]),
        ("all?since=x&until=0001-01-01&who=nobody", ["44444444", "33333333", "22222222", "11111111"]),
        ("all?sort=state", ["44444444", "22222222", "11111111", "33333333"]),
        ("all?sort=-state", ["33333333", "44444444", "22222222", "11111111"]),
        ("mine?sort=state", ["22222222", "11111111", "33333333"]),
        ("all?sort=colleague", ["44444444", "33333333", "22222222", "11111111"]),
        ("all?sort=-colleague", ["33333333", "22222222", "11111111", "44444444"]),
        ("in_work?sort=-colleague&since=2026-10-02", ["22222222", "44444444"]),
        ("in_work?sort=state", ["44444444", "22222222", "11111111"]),
        ("all?sort=\0x%2527--&after=~", ["44444444", "33333333", "22222222", "11111111"]),
        ("overdue?sort=-created", ["11111111", "22222222", "44444444"]),
        ("all?until=9999-12-31", ["44444444", "33333333", "22222222", "11111111"]),
    ],
)
def test_a_list_and_its_file_have_what_is_asked_for(
    desk: Visitor, clerk: Staff, admin: Staff, several: None, address: str, numbers: list[str]
) -> None:
    assert listed(desk, address.format(clerk=clerk.id, admin=admin.id)) == numbers
    assert exported(desk) == numbers


def test_the_files_of_what_waits_and_what_is_found_have_just_that(desk: Visitor, several: None) -> None:
    with db.atomic():
        Unread.create(request=1)
    assert listed(desk, "answered") == exported(desk) == ["11111111"]
    desk.fill_and_submit("search form", query="22222222")
    assert listed(desk, "found") == exported(desk) == ["22222222"]


def test_without_a_list_all_are_exported(desk: Visitor, several: None) -> None:
    assert len(rows(desk, "requests.csv")) == 1 + 4
    assert desk.client.get("/staff/export/requests.csv?state=x").status_code == 404


def test_a_filter_goes_along_from_tab_to_tab(desk: Visitor, several: None) -> None:
    desk.get("/staff/requests/in_work?since=2026-10-02&until=2026-10-02&sort=created")
    assert listed(desk) == ["22222222"]
    assert "Созданы с 2 октября 2026 по 2 октября 2026." in desk.text
    assert (desk.value("since"), desk.value("sort")) == ("2026-10-02", "created")
    desk.follow("Все")
    assert listed(desk) == ["22222222", "33333333"]
    desk.follow("Показать все")
    assert listed(desk) == ["11111111", "22222222", "33333333", "44444444"], "the order stays"


def test_the_file_of_residents_that_were_found_has_just_them(desk: Visitor) -> None:
    resident("+79161110001", last_name="Ёжикова", delete_at=datetime(2026, 12, 1, 9, 0))
    resident("+79161110002", last_name="Орлов")
    desk.get("/staff/residents")
    assert sorted(exported(desk)) == ["79161110001", "79161110002"]
    desk.fill_and_submit("search form", query="ежикова")
    desk.get("/staff/residents/found")
    assert exported(desk) == ["79161110001"]
    assert rows(desk, "residents.csv?state=found")[1][-1] == "2026-12-01 12:00:00", "as the page shows it"


def test_nobodys_requests_are_the_last_of_those_by_colleague(desk: Visitor, several: None) -> None:
    asked("55555555", created_at=datetime(2026, 10, 3))
    assert listed(desk, "all?sort=colleague")[-1] == exported(desk)[-1] == "55555555"
    assert listed(desk, "all?sort=-colleague")[0] == exported(desk)[0] == "55555555"


def test_a_press_on_a_title_puts_the_list_in_order_and_another_turns_it_round(
    desk: Visitor, several: None
) -> None:
    def marked() -> list[str]:
        return [f"{th.get_text(strip=True)} {th['aria-sort']}" for th in desk.page.select("th[aria-sort]")]

    desk.get("/staff/requests/all?since=2026-10-02")
    assert marked() == ["Создано descending"]
    for way, numbers in (
        ("ascending", ["44444444", "22222222", "33333333"]),
        ("descending", ["33333333", "44444444", "22222222"]),
    ):
        desk.follow("Состояние")
        assert marked() == [f"Состояние {way}"] and desk.value("since") == "2026-10-02"
        assert listed(desk) == numbers == exported(desk)
    desk.follow("Создано")
    assert listed(desk) == ["44444444", "33333333", "22222222"]
    desk.follow("Создано")
    assert marked() == ["Создано ascending"] and listed(desk) == ["22222222", "33333333", "44444444"]


def test_an_order_goes_along_through_tabs_that_cannot_have_it(desk: Visitor, several: None) -> None:
    desk.get("/staff/requests/all?sort=state")
    desk.follow("В работе")
    assert not [one for one in desk.page.select("th a") if one.get_text(strip=True) == "Состояние"]
    desk.follow("Все")
    assert listed(desk) == ["44444444", "22222222", "11111111", "33333333"]


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        ("", ["33333333", "22222222", "11111111"]),
        ("created", ["11111111", "22222222", "33333333"]),
        ("state", ["22222222", "11111111", "33333333"]),
        ("-colleague", ["33333333", "22222222", "11111111"]),
    ],
)
def test_what_is_found_is_put_in_order_as_well(
    desk: Visitor, clerk: Staff, several: None, sort: str, numbers: list[str]
) -> None:
    desk.get("/staff/requests")
    desk.fill_and_submit("search form", query="ежова")
    assert listed(desk, f"found?sort={sort}&who={clerk.id}") == numbers == exported(desk)


def test_residents_are_listed_by_their_names_or_by_when_they_came(desk: Visitor) -> None:
    for n, name in enumerate(("Орлов", "Ёжикова", "Авдеева")):
        resident(f"+7916111000{n}", last_name=name, created_at=datetime(2026, 10, 1 + n))
    for address, names in (
        ("residents", ["Авдеева", "Ёжикова", "Орлов"]),
        ("residents?sort=created", ["Орлов", "Ёжикова", "Авдеева"]),
        ("residents?sort=name", ["Авдеева", "Ёжикова", "Орлов"]),
        ("residents?sort=-name", ["Орлов", "Ёжикова", "Авдеева"]),
    ):
        desk.get(f"/staff/{address}")
        shown = [one.get_text().split()[0] for one in desk.page.select("td.staff__name")]
        link = next(a for a in desk.page.select("a[href*='/export/']") if "CSV" in a.get_text())
        kept = [row[1] for row in rows(desk, str(link["href"]).removeprefix("/staff/export/"))[1:]]
        assert shown == kept == names, address


FIRST = datetime(2026, 10, 1)
NAMES = ("Ёлкина", "Ёлкин", "Елкина-Ёлкина", "Ёлкина", "Ёлкин", "Ёлкина", "Ёлкина")


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages show two of what is found, statements read two or three at a time."""
    for module in (word_search, request_search, resident_search):
        monkeypatch.setattr(module, "MOST", 2)
    monkeypatch.setattr(word_search, "PORTION", 2)
    monkeypatch.setattr("cabinet.staff.batches.BATCH", 3)


@pytest.mark.parametrize("sort", ["state", "-state", "colleague", "-colleague"])
def test_a_file_has_each_request_once_while_staff_work(
    desk: Visitor, several: None, clerk: Staff, admin: Staff, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    for module in ("batches", "exports"):
        monkeypatch.setattr(f"cabinet.staff.{module}.BATCH", 1)
    numbers = listed(desk, f"all?sort={sort}")
    lines = desk.client.get(f"/staff/export/requests.csv?sort={sort}").iter_encoded()
    written = next(lines) + next(lines)
    assert [one for one in numbers if one in written.decode()] == numbers[:1]
    others = {"in_work": "done", "done": "in_work", clerk.id: admin.id, admin.id: clerk.id}
    with db.atomic():
        for row in ConnectionRequest.select():
            row.state, row.assignee = others[row.state], others[str(row.assignee)]
            row.save()
    told = [line[:8] for line in (written + b"".join(lines)).decode("utf-8-sig").splitlines()]
    assert [one for one in told if one in numbers] == numbers


@pytest.mark.parametrize("sort", ["name", "-name", "created", "-created"])
def test_a_file_of_many_residents_that_are_found_is_in_order(desk: Visitor, narrow: None, sort: str) -> None:
    for number, name in enumerate(NAMES):
        resident(f"+7916111000{number}", last_name=name, created_at=FIRST + timedelta(days=number * 3 % 7))
    desk.get("/staff/residents")
    desk.fill_and_submit("search form", query="елк")
    keys = User.search_name if sort.endswith("name") else User.created_at, User.id
    told = [row[0] for row in rows(desk, f"residents.csv?state=found&sort={sort}")[1:]]
    assert told[:: -1 if sort[0] == "-" else 1] == [row.phone[1:] for row in User.select().order_by(*keys)]


@pytest.mark.parametrize("query", ["ёлкин анна", "елк", "+7916111", "7916111"])
def test_a_file_has_every_resident_that_is_found(desk: Visitor, narrow: None, query: str) -> None:
    for number, name in enumerate(NAMES):
        resident(f"+7916111000{number}", last_name=name)
    resident("+79031110009", last_name="Орлова")
    resident("+79031110010", last_name="Ёлочкина", first_name="Мария")
    desk.get("/staff/residents")
    desk.fill_and_submit("search form", query=query)
    desk.get("/staff/residents/found")
    assert sorted(exported(desk)) == [f"7916111000{number}" for number in range(len(NAMES))]


@pytest.mark.parametrize(
    ("query", "where", "numbers"),
    [
        ("ёлкин клин", "found", "6543210"),
        ("ёлкин клин", "found?sort=created", "0123456"),
        ("ёлкин клин", "found?sort=state", "6543210"),
        ("ёлкин клин", "found?since=2026-10-03&until=2026-10-05", "432"),
        ("89161234567", "found", "6543210"),
        ("никого", "found", ""),
    ],
)
def test_a_file_has_every_request_that_is_found(
    desk: Visitor, narrow: None, query: str, where: str, numbers: str
) -> None:
    for number, name in enumerate(NAMES):
        asked(f"1000000{number}", last_name=name, created_at=FIRST + timedelta(days=number))
    asked("20000000", last_name="Орлова", phone="+79037654321", created_at=FIRST)
    desk.get("/staff/requests")
    desk.fill_and_submit("search form", query=query)
    desk.get(f"/staff/requests/{where}")
    name, _mark, asked_for = where.partition("?")
    told = rows(desk, f"requests.csv?state={name}&{asked_for}")[1:]
    assert [row[0] for row in told] == [f"1000000{number}" for number in numbers]
