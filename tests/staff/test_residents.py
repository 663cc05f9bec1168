"""Residents: found in every way, seen on record, blocked at once."""

import pytest
from flask import Flask

from cabinet.models import Audit, EmailLink, Registration, User, WebSession, profile
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.merging import merge
from tests.cast import LESNAYA, PHONE, bill, resident, told
from tests.markup import attribute
from tests.placing import at_desk, signed_in
from tests.staff.conftest import member
from tests.visitor import Visitor


def search(desk: Visitor, query: str) -> list[str]:
    """The links of those found."""
    desk.get("/staff/residents")
    desk.fill_and_submit("search form", query=query)
    desk.get("/staff/residents/found")
    return links(desk)


def links(desk: Visitor) -> list[str]:
    """The last part of each link of a list."""
    return [attribute(a, "href").rsplit("/", 1)[1] for a in desk.page.select("td a")]


@pytest.fixture
def anna(app: Flask) -> User:
    """A resident with an account."""
    bill()
    resident("+79990000001", last_name="Ершова")
    return resident(PHONE, accounts=[LESNAYA], last_name="Ёжикова", first_name="Анна")


@pytest.mark.parametrize(
    "query",
    [
        PHONE,
        "8 (916) 123-45-67",
        "916 123 45 67",
        "8916123",
        "+7916",
        LESNAYA,
        "12345-67890",
        "ёжикова",
        "ЕЖИКОВА",
        "еж",
        "Ёжикова  анна",
        *("анна ежикова", "лесная 5", "Ежикова, ул. Лесная, д. 5, кв. 12", "4567", "45-67", "москва еж"),
        *("a79161234567@example.org", "A79161234567@"),
    ],
)
def test_residents_are_found(desk: Visitor, anna: User, query: str) -> None:
    assert search(desk, query) == [anna.id]
    assert query not in desk.url and desk.value("query") == query.strip()
    assert f"«{query.strip()}»" in desk.text


@pytest.mark.parametrize(
    "query", ["лесная 12 3", "жикова", "лесная 55", "%", "_", "Ё%", "89", "+7000", "999999999999999999999"]
)
def test_what_is_nobodys_finds_nobody(desk: Visitor, anna: User, query: str) -> None:
    assert search(desk, query) == []
    assert "Никого не нашли" in desk.text


def test_name_changed_is_found_by_the_new_one(desk: Visitor, anna: User) -> None:
    profile.rename(anna, "Щукина", "Анна", "", "")
    assert search(desk, "щук") == [anna.id]
    assert search(desk, "ежик") == []


def test_every_view_is_on_record(desk: Visitor, anna: User) -> None:
    search(desk, "ежик")
    desk.follow("Ёжикова")
    assert desk.path == f"/staff/resident/{anna.id}" and LESNAYA in desk.text
    listed = Audit.select().where(Audit.action == "staff-residents-listed").order_by(Audit.id.desc()).first()
    assert listed.detail == {"shown": [anna.id]} and listed.actor.startswith("staff:")
    assert Audit.get(Audit.action == "staff-resident-seen").subject == anna.id


def test_block_ends_sessions_and_forbids_signing_in(app: Flask, desk: Visitor, anna: User) -> None:
    theirs = Visitor(app)
    signed_in(theirs)
    desk.get(f"/staff/resident/{anna.id}")
    desk.follow("Закрыть вход")
    desk.fill_and_submit("main form")
    assert "Выберите, почему" in desk.text and User.get_by_id(anna.id).is_active
    desk.fill_and_submit("main form", reason="stranger")
    assert "Вход закрыт" in desk.text and "входил посторонний" in desk.text
    assert told(anna.email)[-1] == told(anna.phone)[-1] == "access_closed"
    assert not WebSession.live_of(anna.id)
    theirs.get("/home")
    assert theirs.path != "/home"
    event = Audit.get(Audit.action == "user-blocked")
    assert event.subject == anna.id and event.actor.startswith("staff:")
    assert event.detail == {"reason": "stranger"}
    desk.fill_and_submit(f"form[action='/staff/resident/{anna.id}/unblock']")
    signed_in(Visitor(app))


def test_who_blocks_or_unblocks_second_changes_and_tells_nothing(desk: Visitor, anna: User) -> None:
    for reason in ("rules", "stranger"):
        desk.get(f"/staff/resident/{anna.id}/block")
        desk.fill_and_submit("main form", reason=reason)
    assert "Вход уже закрыт" in desk.text and "Нарушены условия" in desk.text
    assert told(anna.email) == ["access_closed"] and told(anna.phone) == ["access_closed"]
    for _ in range(2):
        desk.post(f"/staff/resident/{anna.id}/unblock", {"csrf_token": _token(desk)})
    assert "Вход уже открыт" in desk.text
    actions = [row.action for row in Audit.select().where(Audit.subject == anna.id).order_by(Audit.id)]
    assert [one for one in actions if "block" in one] == ["user-blocked", "user-unblocked"]


def test_who_has_the_number_now_is_told_nothing_of_its_former_owner(desk: Visitor, anna: User) -> None:
    desk.get(f"/staff/resident/{anna.id}/block")
    desk.fill_and_submit("main form", reason="number")
    assert told(anna.email) == ["access_closed"] and told(anna.phone) == []


def test_staff_end_the_sessions_of_a_resident(app: Flask, desk: Visitor, anna: User) -> None:
    theirs = Visitor(app)
    signed_in(theirs)
    desk.get(f"/staff/resident/{anna.id}")
    asking = f"main details:not([open]):has(form[action='/staff/resident/{anna.id}/sessions'])"
    assert "Отменить это нельзя" in desk.one(asking).get_text()
    desk.fill_and_submit(f"{asking} form")
    theirs.get("/home")
    assert theirs.path != "/home"
    desk.get("/staff/messages")
    assert desk.path == "/staff/messages", "the own one goes on"


def test_staff_send_the_confirmation_again(desk: Visitor, anna: User) -> None:
    with db.atomic():
        User.update(email_confirmed_at=None).where(User.id == anna.id).execute()
    desk.get(f"/staff/resident/{anna.id}")
    for _ in range(4):
        desk.fill_and_submit(f"form[action='/staff/resident/{anna.id}/email']")
    assert EmailLink.select().count() == 1 and told(anna.email) == ["confirm_email"] * 3
    assert "слишком часто" in desk.text


@pytest.mark.parametrize("action", ["", "/block", "/unblock", "/sessions", "/email"])
def test_what_is_not_there(desk: Visitor, action: str) -> None:
    desk.get("/staff/messages")
    if action:
        desk.post(f"/staff/resident/none{action}", {"csrf_token": _token(desk)})
    else:
        desk.get("/staff/resident/none")
    assert desk.status == 404


def _token(desk: Visitor) -> str:
    return desk.csrf_token


@pytest.mark.parametrize("query", ["", "иванова", "+7916"])
def test_pages_hold_everybody_once(app: Flask, visitor: Visitor, query: str) -> None:
    desk = at_desk(visitor, member())
    moment = now()  # all at the same moment: the key breaks the tie
    for number in range(120):
        resident(f"+7916{number:07d}", created_at=moment)
    if query:
        found = search(desk, query)
    else:
        desk.get("/staff/residents")
        found = links(desk)
    while desk.page.find("a", rel="next"):
        desk.follow("Дальше")
        assert "иванова" not in desk.url.lower() and "7916" not in desk.url
        found += links(desk)
    assert len(found) == len(set(found)) == 120
    desk.follow("К началу")
    assert found[:50] == links(desk)


@pytest.mark.parametrize(
    "after", ["x", "~", "1~", "~1", "2026-01-01~", "2026-01-01~%00", "%00~%00", "a" * 3000, "нет"]
)
def test_no_key_breaks_a_list(admin_desk: Visitor, after: str) -> None:
    for name in ("residents", "requests", "messages", "registrations", "imports", "audit"):
        admin_desk.get(f"/staff/{name}?after={after}")
        assert admin_desk.status == 200


def test_registrations_with_their_state(desk: Visitor) -> None:
    with db.atomic():
        Registration.create(phone=PHONE)
        Registration.create(phone="+79990000001", phone_verified_at=now())
    desk.get("/staff/registrations")
    assert "телефон" in desk.text and "лицевой счёт" in desk.text
    assert Audit.select().where(Audit.action == "staff-registrations-listed").exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [("8 916 123-45-67", True), ("+79990000009", False), ("Ёжикова", False), ("%", False), ("🙂", False)],
)
def test_registrations_of_one_phone(desk: Visitor, query: str, found: bool) -> None:
    with db.atomic():
        mine = Registration.create(phone=PHONE)
        Registration.create(phone="+79990000001")
    desk.get("/staff/registrations")
    desk.fill_and_submit("form[role=search]", query=query)
    assert desk.path == "/staff/registrations" and "999 000" not in desk.one("main").get_text()
    assert ("Ничего не нашли" not in desk.text) is found
    listed = Audit.select().where(Audit.action == "staff-registrations-listed")
    assert listed.order_by(Audit.id.desc()).first().detail == {"shown": [mine.id] * found}
    desk.fill_and_submit("form[role=search]", query="")
    assert "999 000-00-01" in desk.text, "all again"


def test_log_is_for_admins(desk: Visitor, admin_desk: Visitor, anna: User) -> None:
    desk.get(f"/staff/resident/{anna.id}")
    assert "Журнал" not in desk.text
    desk.get("/staff/audit")
    assert desk.status == 404
    admin_desk.get(f"/staff/audit?subject={anna.id}")
    assert "clerk@example.org открыл(а) карточку жителя: Ёжикова Анна" in admin_desk.text


def test_a_cabinet_that_was_merged_is_found_by_its_old_number(desk: Visitor, anna: User) -> None:
    anew = resident("+79990001122", last_name="Ёжикова")
    merge(anew, anna, "192.0.2.1")
    assert search(desk, "8 916 123-45-67") == [anew.id]
    desk.follow("Ёжикова")
    assert "Сюда присоединён кабинет по номеру" in desk.text and "+7 916 123-45-67" in desk.text
    later = resident(PHONE, last_name="Следующая")
    assert set(search(desk, PHONE)) == {later.id, anew.id}, "who has it now, and where it was"
