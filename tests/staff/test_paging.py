"""Lists go on where the page before ended: each row once, however many share a time or a name."""

import pytest

from cabinet.models import Audit, ConnectionRequest, Message, Registration, Staff, User
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.user import search_key
from cabinet.staff import messages, paging
from tests.cast import resident
from tests.markup import attribute, one
from tests.staff.test_residents import search
from tests.visitor import Visitor

PER_PAGE, ROWS = 3, 8
DAYS = "since=2020-01-01&until=2099-12-31"
REQUESTS = tuple(
    f"requests/{asked}"
    for asked in (
        *("new", "all", "new?sort=created", f"new?{DAYS}", f"new?{DAYS}&sort=created"),
        *("all?sort=state", "all?sort=-state", "new?sort=colleague", f"all?{DAYS}&sort=-colleague"),
    )
)


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
        **dict.fromkeys(("residents", "residents?sort=name", "residents?sort=-name"), users),
        **dict.fromkeys(("registrations", "registrations?sort=created"), users),
        **dict.fromkeys(REQUESTS, asked),
        **dict.fromkeys(("messages/waiting", "messages/waiting?sort=-when"), waiting),
        **dict.fromkeys(("messages/dead", "messages/dead?sort=when"), dead),
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


def test_a_time_of_another_zone_in_an_address_is_no_error(desk: Visitor) -> None:
    after = "2024-01-01T00:00:00%2B00:00~1"
    desk.get(f"/staff/requests/new?since=2024-01-01&sort=oldest&after={after}")
    assert desk.status == 200


def test_lists_of_several_states_and_colleagues_have_each_row_once(desk: Visitor, clerk: Staff) -> None:
    numbers = fill()["requests/all"]
    for some, changed in (
        (numbers[:4], {"state": "in_work", "assignee": clerk.id}),
        (numbers[4:6], {"state": "done"}),
    ):
        with db.atomic():
            ConnectionRequest.update(**changed).where(ConnectionRequest.number.in_(some)).execute()
    first, last = sorted(numbers[:4], reverse=True), sorted(numbers[4:], reverse=True)
    assert walk(desk, "/staff/requests/all?sort=colleague") == [*first, *last]
    assert walk(desk, "/staff/requests/all?sort=-colleague") == [*last, *first]
    new, done = sorted(numbers[6:], reverse=True), sorted(numbers[4:6], reverse=True)
    assert walk(desk, "/staff/requests/all?sort=state") == [*new, *first, *done]
    assert walk(desk, f"/staff/requests/all?{DAYS}&sort=-state") == [*done, *first, *new]
    search(desk, "ёжикова")
    assert walk(desk, "/staff/requests/found?sort=state") == [*new, *first, *done]


@pytest.mark.parametrize("after", ["x", "~", "~~", "new~x~1", "nobody~2026-01-01T00:00:00~1", "new~9~%00"])
def test_a_place_in_no_list_is_its_beginning(desk: Visitor, after: str) -> None:
    numbers = sorted(fill()["requests/all"], reverse=True)
    for sort in ("state", "colleague"):
        desk.get(f"/staff/requests/all?sort={sort}&after={after}")
        assert [one.get_text() for one in desk.page.select("td.nowrap a")] == numbers[:PER_PAGE]


@pytest.mark.parametrize("sort", ["", "&sort=at"])
def test_audit_is_walked_to_its_end(admin_desk: Visitor, sort: str) -> None:
    moment = now()
    with db.atomic():
        for _ in range(ROWS):
            Audit.create(action="x", actor="system", subject="y", at=moment)
    admin_desk.get(f"/staff/audit?actor=system&subject=y{sort}")
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
