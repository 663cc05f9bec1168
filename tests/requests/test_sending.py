"""The way of a connection request: from «Данного абонента нет в системе» to its number."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from cabinet.delivery import message_texts
from cabinet.models import Audit, ConnectionRequest, Message, Registration, User, departure
from cabinet.models.database import db
from cabinet.models.own_data import own_data
from tests.cast import LESNAYA, bill, resident, told
from tests.journeys import to_code
from tests.placing import at_account, signed_in
from tests.requests.conftest import ADDRESS, MISSED, PHONE, REQUEST, to_request
from tests.visitor import ORIGIN, Visitor

REQUIRED = ("last_name", "first_name", "email", "city", "street", "house")


def only() -> ConnectionRequest:
    """The one request there is."""
    (request,) = ConnectionRequest.select()
    return request


def test_what_was_typed_is_carried_over(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    assert visitor.title == "Заявка на подключение"
    assert visitor.value("phone").replace("\xa0", " ") == "+7 916 123-45-67"
    assert visitor.one("#phone").has_attr("readonly")
    assert visitor.value("account") == MISSED["account"]
    assert "октябрь 2026" in visitor.text and "1 234,50 ₽" in visitor.text.replace("\u202f", " ")
    stars = [f.get("name") for f in visitor.page.select("[aria-required]")]
    assert stars == list(REQUIRED)
    assert visitor.one("label[for=phone] .star")


def test_a_request_is_kept_told_and_shown(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    request = only()
    assert visitor.path == f"/requests/{request.number}" and re.fullmatch("[1-9][0-9]{7}", request.number)
    assert visitor.title == f"Заявка № {request.number}"
    assert "Заявка отправлена" in visitor.text and "Что дальше" in visitor.text
    assert {name: getattr(request, name) for name in REQUEST} == REQUEST
    assert (request.phone, request.state, request.account_key) == (PHONE, "new", "778899")
    assert (request.period, request.amount) == (date(2026, 10, 1), 123450)
    assert request.user is None and request.locale == "ru"
    assert told("anna@example.org") == ["request_received"]
    letter = message_texts.mail(Message.get(Message.template == "request_received"))
    assert request.number in letter.subject and f"/requests/{request.number}" in letter.text
    assert not Message.select().where(Message.channel == "sms", Message.template != "code").exists()
    notice = Message.get(Message.channel == "staff")
    assert notice.template == "connection_request"
    expected = {**REQUEST, "phone": PHONE, "period": "2026-10-01", "amount": 123450, "number": request.number}
    assert {name: notice.data[name] for name in expected} == expected
    assert Audit.select().where(Audit.action == "request-sent", Audit.subject == request.number).exists()


def test_the_staff_letter_says_everything(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    told = Message.get(Message.channel == "staff")
    letter = message_texts.mail(Message(template="staff/connection_request", data=told.data))
    for value in (*REQUEST.values(), "октябрь 2026", "+7 916 123-45-67"):
        for part in value.splitlines():
            assert part in letter.text.replace("\xa0", " ") and part in letter.html.replace("\xa0", " ")


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_missing_field_says_so_beside_it(visitor: Visitor, receipt: dict[str, str], missing: str) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**{**REQUEST, missing: " "})
    assert visitor.path == "/requests/new"
    assert visitor.error(missing).startswith(("Ошибка: Введите", "Введите")), visitor.error(missing)
    for name, value in REQUEST.items():
        if name != missing:
            assert visitor.value(name).strip().replace("\r", "") == value and not visitor.error(name)
    assert not ConnectionRequest.select().exists()


def test_all_missing_fields_are_named_at_once(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**dict.fromkeys(REQUEST, ""))
    assert [name for name in REQUEST if visitor.error(name)] == list(REQUIRED)
    visitor.fill_and_submit(**REQUEST)
    assert only().number in visitor.text


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("last_name", "123", "буквами"),
        ("first_name", "я" * 61, "Слишком длинно"),
        ("middle_name", "@", "буквами"),
        ("email", "нет", "Некорректно введена почта"),
        ("email", "a@b,ru", "запятая"),
        ("city", "я" * 101, "Слишком длинно"),
        ("city", "я" * 5000, "Слишком длинно"),
        ("street", "— —", "буквами или цифрами"),
        ("house", "1" * 21, "Слишком длинно"),
        ("building", "!!!", "буквами или цифрами"),
        ("flat", "1" * 21, "Слишком длинно"),
        ("account", "1" * 65, "Слишком длинно"),
        ("comment", "я" * 1001, "1000 знаков"),
        ("house", ["1", "2"], "Отправьте ещё раз"),
    ],
)
def test_bad_input_says_what_is_wrong(
    visitor: Visitor, receipt: dict[str, str], name: str, value: str | list[str], words: str
) -> None:
    to_request(visitor)
    typed: dict[str, Any] = {**REQUEST, name: value}
    visitor.fill_and_submit(**typed)
    assert words in visitor.error(name) and not ConnectionRequest.select().exists()
    assert visitor.value("city" if name != "city" else "street")


@pytest.mark.parametrize("junk", ["a\0b", "<script>alert(1)</script>{{7*7}}", "\u202eабв", "🙂 дом", "=1+1"])
def test_odd_text_is_kept_as_text(visitor: Visitor, receipt: dict[str, str], junk: str) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**{**REQUEST, "street": junk, "comment": junk, "account": junk})
    kept = only()
    assert "\0" not in kept.street + kept.comment and kept.street
    assert "<script>alert" not in str(visitor.page)


def test_the_phone_is_the_proved_one(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST, phone="+79990000000")
    assert only().phone == PHONE


def test_optional_fields_may_be_empty(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    optional = dict.fromkeys(("middle_name", "building", "flat", "account", "comment"), "")
    visitor.fill_and_submit(**{**REQUEST, **optional})
    assert only().account == "" and only().account_key == ""


def test_nobody_without_a_proved_phone(visitor: Visitor, receipt: dict[str, str]) -> None:
    visitor.get("/requests/new")
    assert visitor.path == "/"
    token = visitor.csrf_token
    visitor.post("/requests/new", {**REQUEST, "csrf_token": token})
    assert visitor.path == "/" and not ConnectionRequest.select().exists()
    to_code(visitor)
    visitor.get("/requests/new")
    assert "Чтобы отправить заявку, подтвердите номер." in visitor.text
    assert visitor.path == "/" and not ConnectionRequest.select().exists()


def test_a_resident_may_send_one_and_sees_it_in_the_cabinet(visitor: Visitor, database: object) -> None:
    bill()
    user = resident(accounts=[LESNAYA])
    signed_in(visitor)
    visitor.get("/home/accounts/new")
    visitor.fill_and_submit(**MISSED)
    visitor.follow("Отправить заявку на подключение")
    assert visitor.value("last_name") == "Иванова" and visitor.value("email") == user.email
    assert visitor.value("account") == MISSED["account"]
    visitor.fill_and_submit(**ADDRESS)
    assert only().user_id == user.id
    visitor.get("/home")
    assert "Мои заявки" in visitor.text and f"Заявка № {only().number}" in visitor.text
    visitor.follow("Заявка №")
    assert "Дачная" in visitor.text


def test_registered_later_the_request_is_in_the_cabinet(
    visitor: Visitor, app: Flask, receipt: dict[str, str]
) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    visitor.get("/register/account")
    visitor.fill_and_submit(**receipt)
    visitor.fill_and_submit(answer="yes")
    visitor.fill_and_submit(
        last_name="Иванова", first_name="Анна", birth_date="01.02.1980", email="anna@example.org"
    )
    visitor.fill_and_submit(password="Длинный7пароль")
    assert visitor.path == "/home" and f"Заявка № {only().number}" in visitor.text
    assert only().user_id == User.get().id
    assert own_data(User.get())["requests"][0]["street"] == "Дачная"


def test_a_multipart_form_of_a_browser(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    form = visitor.form("form[enctype]", "city")
    assert form["enctype"] == "multipart/form-data"
    hidden = {f["name"]: f["value"] for f in form.select("input[type=hidden]")}
    response: TestResponse = visitor.client.post(
        ORIGIN + "/requests/new",
        data={**REQUEST, **hidden},
        content_type="multipart/form-data",
        headers={"Origin": ORIGIN},
        environ_base={"REMOTE_ADDR": visitor.ip},
    )
    assert response.status_code == 303 and only().number in response.location


@pytest.mark.settings(code_resend_waits=())
def test_prefilled_when_the_phone_begins_anew(visitor: Visitor, app: Flask, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    with db.atomic():
        ConnectionRequest.update(matched_account="1234567890").execute()
    later = Visitor(app, visitor.htmx)
    at_account(later)
    assert later.value("account") == "77 88-99"
    later.fill_and_submit(**receipt)
    later.fill_and_submit(answer="yes")
    assert later.value("last_name") == "Иванова" and later.value("middle_name") == "Петровна"
    assert later.value("email") == "anna@example.org" and not later.value("birth_date")


@pytest.mark.settings(code_resend_waits=())
def test_who_has_the_number_next_is_told_nothing_of_its_former_owner(
    visitor: Visitor, app: Flask, receipt: dict[str, str]
) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    owner = resident("+79030000001")
    with db.atomic():
        ConnectionRequest.update(user=owner.id).execute()
    later = Visitor(app, visitor.htmx)
    at_account(later)
    assert not later.value("account")
    assert not Registration.select().where(Registration.email != "").exists()


def test_erasing_a_resident_erases_the_requests(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    departure.erase(resident())
    assert not ConnectionRequest.select().exists()
