"""Staff see a resident's cabinet as the resident does: the same words, nothing to press, and it is told."""

from datetime import timedelta

import pytest
from bs4 import Tag
from flask import Flask

from cabinet.models import Audit, Message, Staff, User, WebSession, departure
from cabinet.models.base import now
from cabinet.models.database import db
from tests.cast import LESNAYA, OTHER_PHONE, PASSWORD, PHONE, SADOVAYA, bill, resident
from tests.placing import signed_in
from tests.staff.test_requests import asked
from tests.visitor import Visitor

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
PAID = pytest.mark.settings(pay_url="https://pay.example.org/?account={account}&sum={amount}&month={period}")


@pytest.fixture
def anna(app: Flask) -> User:
    """A resident with an address, a request, and an e-mail that is not confirmed."""
    bill()
    user = resident(PHONE, accounts=[LESNAYA], email_confirmed_at=None)
    asked("77777777", user=user.id)
    return user


def words(part: Tag) -> str:
    """What a browser without scripts shows of it."""
    for hidden in part.select("[data-passkey]"):
        hidden.decompose()
    return " ".join(part.get_text(" ", strip=True).split())


def own(app: Flask, url: str) -> Tag:
    """A page that the resident of PHONE sees."""
    visitor = Visitor(app)
    signed_in(visitor)
    visitor.get(url)
    return visitor.one("#step")


def looked(desk: Visitor, user: User) -> Tag:
    """The cabinet on the page of the staff, reached from the card."""
    desk.get(f"/staff/resident/{user.id}")
    desk.follow("Посмотреть кабинет как житель")
    assert "Так кабинет видит житель. Здесь ничего нельзя изменить." in desk.text
    return desk.one(".staff__cabinet")


def acts_on(page: Tag) -> list[str]:
    """Whatever could act, or leads to where one could: what there is but links within /staff."""
    found = page.select("form, button, input, select, textarea, script, [hx-get], [hx-post], [data-passkey]")
    return [one.name for one in found] + [
        str(link["href"]) for link in page.select("[href]") if not str(link["href"]).startswith("/staff/")
    ]


@BOTH
@PAID
def test_it_is_what_the_resident_sees(app: Flask, desk: Visitor, anna: User) -> None:
    departure.request_deletion(anna, "")
    resident_sees = words(own(app, "/home"))
    for said in (
        "Лесная",
        "По месяцам",
        "Оплатить",
        "Убрать",
        "Добавить адрес",
        "Не удалять кабинет",
        "Принята",
    ):
        assert said in resident_sees
    assert words(looked(desk, anna)) == resident_sees


@PAID
def test_nothing_can_be_pressed(desk: Visitor, anna: User) -> None:
    departure.request_deletion(anna, "")
    assert acts_on(looked(desk, anna)) == []
    for url in (desk.path, f"{desk.path}/requests/77777777"):
        assert desk.client.post(url, headers={"Origin": "http://localhost"}).status_code in (400, 405), url


def test_a_request_is_seen_as_the_resident_sees_it(app: Flask, desk: Visitor, anna: User) -> None:
    theirs = own(app, "/requests/77777777")
    for part in theirs.select("form, details, .back, h1, button, .button--secondary"):
        part.decompose()
    looked(desk, anna)
    desk.follow("Заявка № 77777777")
    assert "Обычно отвечаем за" in desk.text
    assert words(desk.one(".staff__cabinet")) == words(theirs)
    assert acts_on(desk.one(".staff__cabinet")) == []


def test_it_is_in_the_journal_and_in_the_resident_s_history(
    app: Flask, desk: Visitor, clerk: Staff, admin_desk: Visitor, anna: User
) -> None:
    looked(desk, anna)
    row = Audit.get(Audit.action == "staff-cabinet-seen")
    assert (row.actor, row.subject) == (clerk.actor, anna.id)
    admin_desk.get(f"/staff/audit?subject={anna.id}")
    assert "кабинет жителя: Иванова Анна" in admin_desk.text and "смотрел" in admin_desk.text
    history = words(own(app, "/home/profile/history"))
    assert "Сотрудник компании открыл кабинет для просмотра" in history
    assert clerk.email not in history, "by whom is the clerk's"


def test_nobody_is_signed_in_as_the_resident(desk: Visitor, anna: User) -> None:
    before = WebSession.select().count()
    looked(desk, anna)
    assert WebSession.select().count() == before
    assert not WebSession.live_of(anna.id) and not Message.select().where(Message.to == PHONE).exists()
    desk.get("/home")
    assert desk.path != "/home" and "Анна" not in desk.text
    assert anna.seen_at == User.get_by_id(anna.id).seen_at


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"blocked_at": now()}, "Вход закрыт: сейчас житель своего кабинета не видит."),
        ({"phone": "-79161234567"}, "Номер телефона теперь у другого человека"),
        ({"delete_at": now() + timedelta(days=3)}, "Кабинет будет удалён"),
        ({"password_hash": None, "first_name": "", "email": ""}, "Здравствуйте!"),
    ],
)
def test_whatever_has_become_of_the_resident(
    desk: Visitor, anna: User, state: dict[str, object], said: str
) -> None:
    with db.atomic():
        User.update(**state).where(User.id == anna.id).execute()
    assert "Лесная" in words(looked(desk, anna)) and said in desk.text


def test_a_resident_without_accounts_has_an_empty_cabinet(desk: Visitor, anna: User) -> None:
    assert "Добавить адрес" in words(looked(desk, resident(OTHER_PHONE)))


def test_sessions_devices_and_secrets_are_not_shown(app: Flask, desk: Visitor, anna: User) -> None:
    signed_in(Visitor(app, ip="198.51.100.77"))
    looked(desk, anna)
    html = desk.response.get_data(as_text=True)
    for secret in ("198.51.100.77", str(anna.password_hash), PASSWORD, SADOVAYA):
        assert secret not in html
    assert "отпечатк" not in html


def test_what_is_not_theirs_is_not_there(desk: Visitor, anna: User) -> None:
    asked("66666666", phone=OTHER_PHONE)
    for url in (
        "/staff/resident/x/cabinet",
        f"/staff/resident/{anna.id}/cabinet/requests/66666666",
        f"/staff/resident/{anna.id}/cabinet/requests/1",
    ):
        assert desk.client.get(url).status_code == 404, url


def test_only_staff_see_it(app: Flask, anna: User) -> None:
    for visitor in (Visitor(app), Visitor(app, htmx=True)):
        visitor.get(f"/staff/resident/{anna.id}/cabinet")
        assert visitor.path == "/staff/sign-in"
        signed_in(visitor)
        visitor.get(f"/staff/resident/{anna.id}/cabinet")
        assert visitor.path == "/staff/sign-in", "a resident is no member of staff"
    assert not Audit.select().where(Audit.action == "staff-cabinet-seen").exists()
