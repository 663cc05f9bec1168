"""Pages on which requests about data are put on record and decided: who may, what is asked, what is late."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import Consent, DataRequest, Message, User, base
from cabinet.models.database import db
from tests.cast import LESNAYA, NEW_PHONE, OTHER_PHONE, PHONE, bill, resident, told
from tests.models.everything import IP
from tests.staff.about_data import APPROVE, CLOSE, RIGHT, approve, asked, stranger
from tests.staff.conftest import PASSWORD
from tests.visitor import Visitor


@pytest.fixture
def anna(app: Flask) -> User:
    """A resident with an account and a consent."""
    bill()
    user = resident(PHONE, accounts=[LESNAYA])
    with db.atomic():
        Consent.give("consent", "1", "text", PHONE, "r", IP, "browser")
        Consent.update(user_id=user.id).execute()
    return user


def test_a_clerk_records_and_an_admin_decides(desk: Visitor, admin_desk: Visitor, anna: User) -> None:
    request = asked(desk, anna)
    assert "Удаление подтверждает администратор" in desk.text
    assert not desk.page.select(APPROVE) and not desk.page.select(CLOSE)
    token = desk.csrf_token
    for act in ("approve", "close"):
        desk.post(
            f"/staff/data-request/{request.id}/{act}",
            {"csrf_token": token, "answer": "x", "last_four": "4567"},
        )
        assert DataRequest.get().outcome == "" and User.get().delete_at is None
    admin_desk.get("/staff/day")
    admin_desk.follow("Запросы о данных")
    admin_desk.follow("Отозвать согласие")
    assert admin_desk.path == f"/staff/data-request/{request.id}"
    approve(admin_desk, request, PHONE)
    assert User.get().delete_at is not None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"last_four": "0000", "proof": PASSWORD}, "Это не последние четыре цифры"),
        ({"last_four": "", "proof": PASSWORD}, "Это не последние четыре цифры"),
        ({"last_four": "١٢٣٤", "proof": PASSWORD}, "Это не последние четыре цифры"),
        ({"last_four": NEW_PHONE[-4:], "proof": ""}, "Введите ваш пароль или код"),
        ({"last_four": NEW_PHONE[-4:], "proof": "wrong"}, "Не подходит"),
    ],
)
def test_nothing_is_deleted_by_mistake(admin_desk: Visitor, typed: dict[str, str], said: str) -> None:
    asked(admin_desk)
    admin_desk.fill_and_submit(APPROVE, **typed)
    assert said in admin_desk.text and DataRequest.get().outcome == ""


def test_another_site_decides_nothing(admin_desk: Visitor) -> None:
    request = asked(admin_desk)
    for act in ("approve", "keep", "close"):
        url = f"/staff/data-request/{request.id}/{act}"
        answer = admin_desk.client.post(url, data={"answer": "x"}, headers={"Origin": "https://evil.example"})
        assert answer.status_code in (400, 403), act
    assert DataRequest.get().outcome == ""


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("kind", None, "Выберите, о чём просят"),
        ("way", "pigeon", "Выберите, как получили"),
        ("words", " ", "Напишите входящий номер"),
        ("words", "я" * 501, "не больше 500 знаков"),
        ("came_on", "вчера", "Выберите день"),
        ("came_on", "2199-01-01", "День не может быть позже"),
        ("phone", "12", "некорректный номер"),
    ],
)
def test_what_is_wrong_is_said_beside_it(desk: Visitor, field: str, typed: str | None, said: str) -> None:
    desk.get("/staff/data-requests")
    desk.fill_and_submit("form[action$='/data-requests']", **{**RIGHT, "phone": NEW_PHONE, field: typed})
    assert said in desk.text and not DataRequest.select().exists()


def test_the_law_s_days(desk: Visitor, admin_desk: Visitor, app: Flask) -> None:
    with time_machine.travel("2026-11-26 09:00"):  # a Thursday
        assert asked(desk, kind="tell").until == date(2026, 12, 10), "ten working days"
        assert asked(desk, phone=OTHER_PHONE).until == date(2026, 12, 26), "thirty days"


def test_recorded_twice_it_is_one(desk: Visitor) -> None:
    first = asked(desk)
    assert asked(desk).id == first.id and DataRequest.select().count() == 1
    assert asked(desk, kind="tell").id != first.id


def test_who_is_told_only_is_answered_by_a_clerk(desk: Visitor, anna: User) -> None:
    asked(desk, anna, kind="tell")
    desk.fill_and_submit(CLOSE, answer="")
    assert "Напишите, что сделали" in desk.text
    desk.fill_and_submit(CLOSE, answer="Ответили исх. № 5")
    assert "Запрос закрыт. Ответили исх. № 5" in desk.text
    assert User.get().delete_at is None and not told(PHONE)


def test_what_is_kept_is_told_of_a_resident(desk: Visitor, anna: User) -> None:
    asked(desk, anna, kind="tell")
    desk.follow("Открыть сведения")
    for told_ in ("Иванова", "Лесная", "вх. № 17", "Когда ваши данные смотрели сотрудники"):
        assert told_ in desk.text
    assert not desk.page.select(".staff__cabinet a") and str(anna.password_hash) not in str(desk.page)


def test_what_is_kept_is_told_of_somebody_without_a_cabinet(desk: Visitor, anna: User) -> None:
    stranger()
    with db.atomic():
        said = {"template": "staff_reply", "data": {"text": "Чужое"}}
        Message.create(channel="sms", to=NEW_PHONE, created_at=base.now() - timedelta(days=20), **said)
    asked(desk, kind="tell")
    desk.follow("Открыть сведения")
    for told_ in ("Единственная", "Неповторимая", "Только моё", "вх. № 17", "Согласие на обработку"):
        assert told_ in desk.text
    assert "Лесная" not in desk.text and "Чужое" not in desk.text, (
        "nothing of others, nor of an earlier holder"
    )


def test_what_is_late_presses_on_the_page_of_the_day(app: Flask, desk: Visitor, clerk: object) -> None:
    desk.get("/staff/day")
    assert "Запросы о данных" not in desk.text
    request = asked(desk)
    desk.get("/staff/day")
    figure = desk.one(".figure[href='/staff/data-requests']")
    assert "figure--pressing" not in str(figure["class"])
    with db.atomic():
        DataRequest.update(until=date(2026, 1, 1)).where(DataRequest.id == request.id).execute()
    desk.get("/staff/day")
    figure = desk.one(".figure[href='/staff/data-requests']")
    assert "figure--pressing" in str(figure["class"])
    desk.get("/staff/data-requests")
    assert "Срок прошёл" in desk.text
