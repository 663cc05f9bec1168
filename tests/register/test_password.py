"""The password and its rules, and the moment in which the cabinet comes to be."""

import json
from functools import partial
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from cabinet.models import (
    AccountLink,
    Audit,
    Consent,
    EmailLink,
    Message,
    Registration,
    User,
)
from cabinet.models.database import db
from tests.cast import PASSWORD, PERSON, PHONE, TYPED, resident
from tests.markup import one
from tests.placing import at_registration_password
from tests.threads import together
from tests.visitor import Visitor, double, tab

REFUSED = [
    ("", "Введите пароль"),
    ("Коротк7", "не короче 8"),
    ("ТолькоБуквы", "цифры"),
    ("98236471", "буквы"),
    ("password1", "утечках"),
    ("qwerty123", "утечках"),
    ("ghbdtn123", "утечках"),
    ("a9161234567", "телефона"),
    ("Иванова1980", "имени"),
    ("л1234567890", "лицевого счёта"),
    ("д01021980", "даты рождения"),
    ("а1" * 65, "не короче 8"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_rules_are_judged_by_the_server(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_registration_password(visitor, receipt)
    for password, sentence in REFUSED:
        visitor.fill_and_submit(password=password)
        assert visitor.path == "/register/password", password
        assert sentence in visitor.error("password").lower() or sentence in visitor.error("password"), (
            password
        )
        assert visitor.value("password") == "" and (not password or password not in str(visitor.page))
    assert User.select().count() == 0
    visitor.fill_and_submit(password="п" * 127 + "1")
    assert visitor.path == "/home", visitor.error("password")


def test_password_managers_get_what_they_need(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_registration_password(visitor, receipt)
    form = visitor.form(None, "password")
    assert one(form, "[name=password]")["autocomplete"] == "new-password"
    assert one(form, "[autocomplete=username]")["value"] == PHONE


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_rules_tick_off(app: Flask, receipt: dict[str, str]) -> None:
    visitor = Visitor(app, htmx=True)
    at_registration_password(visitor, receipt)
    for password, unmet in (
        ("", {"length", "letters", "digits", "common", "personal"}),
        ("д", {"length", "digits"}),
        ("Иванова1980", {"common", "personal"}),
        (PASSWORD, set()),
    ):
        answer = visitor.client.post(
            "/register/password/rules",
            data={"password": password, "csrf_token": visitor.value("csrf_token")},
            headers={"HX-Request": "true"},
        )
        text = answer.get_data(as_text=True)
        assert answer.status_code == 200 and "<html" not in text
        assert len(password) < 2 or password not in text
        rules = BeautifulSoup(text, "html.parser").find_all(class_="rule")
        assert {rule["data-rule"] for rule in rules if "is-met" not in rule["class"]} == unmet, password
    assert User.select().count() == 0 and Registration.get().step == "password"


def test_the_cabinet_comes_to_be_with_all_that_belongs_to_it(
    visitor: Visitor, receipt: dict[str, str]
) -> None:
    at_registration_password(visitor, receipt)
    assert User.select().count() == 0
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home" and "Анна" in visitor.text and "Лесная" in visitor.text
    user = User.get()
    assert (user.phone, user.last_name, user.first_name, user.email) == (
        PHONE,
        "Иванова",
        "Анна",
        "anna@example.org",
    )
    assert user.password_hash and user.password_hash.startswith("$2") and user.email_confirmed_at is None
    assert [link.account_id for link in AccountLink.select()] == ["1234567890"]
    assert {c.kind for c in Consent.select().where(Consent.user_id == user.id)} == {"consent", "terms"}
    letters = {(m.channel, m.template) for m in Message.select().where(Message.channel != "sms")}
    assert letters == {("staff", "registered"), ("mail", "confirm_email")}
    told = Message.get(Message.channel == "staff").data
    for entered in (PHONE, *(v for k, v in PERSON.items() if k != "birth_date"), "1980-02-01"):
        assert entered in told.values()
    assert (told["account"], told["period"], told["amount"]) == ("1234567890", "2026-10-01", 421867)
    assert [c["kind"] for c in told["consents"]] == ["consent", "terms"]
    everything = json.dumps([m.data for m in Message.select()], ensure_ascii=False)
    assert PASSWORD not in everything and str(user.password_hash) not in everything


@pytest.mark.parametrize("broken", [AccountLink, EmailLink, Message, Audit])
@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_half_a_cabinet_never_comes_to_be(
    app: Flask, receipt: dict[str, str], broken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(app)
    at_registration_password(visitor, receipt)
    before = Message.select().count()

    def fails(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("a fault in the middle")

    with monkeypatch.context() as fault:
        steps = {AccountLink: "__init__", Message: "write", Audit: "record", EmailLink: "first_letter"}
        fault.setattr(broken, steps[broken], fails)
        answer = visitor.client.post(
            "/register/password", data={"password": PASSWORD, "csrf_token": visitor.value("csrf_token")}
        )
    assert answer.status_code == 500 and "Что-то сломалось у нас" in answer.get_data(as_text=True).replace(
        "\xa0", " "
    )
    assert PASSWORD not in answer.get_data(as_text=True)
    for table in (User, AccountLink, EmailLink, Audit):
        assert table.select().count() == 0, table
    assert Message.select().count() == before
    assert Registration.get().step == "password"
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home", "and then it works"


def test_a_second_click_makes_no_second_resident(
    visitor: Visitor, app: Flask, receipt: dict[str, str]
) -> None:
    at_registration_password(visitor, receipt)
    second = double(visitor, app)
    visitor.fill_and_submit(password=PASSWORD)
    second.fill_and_submit(password=PASSWORD)
    assert (visitor.path, second.path) == ("/home", "/home")
    assert User.select().count() == AccountLink.select().count() == 1
    assert Message.select().where(Message.channel == "staff", Message.template == "registered").count() == 1


def test_the_form_sent_again_by_the_browser_itself(
    visitor: Visitor, app: Flask, receipt: dict[str, str]
) -> None:
    at_registration_password(visitor, receipt)
    other = tab(visitor, app)
    other.get("/register/password")
    visitor.fill_and_submit(password=PASSWORD)
    other.fill_and_submit(password=PASSWORD)
    assert other.path == "/home" and "слишком много времени" not in other.text
    assert User.select().count() == 1


def test_clicks_at_once_make_one_resident(app: Flask, receipt: dict[str, str]) -> None:
    visitor = Visitor(app, htmx=True)
    at_registration_password(visitor, receipt)
    browsers = [double(visitor, app) for _ in range(4)]
    together([partial(browser.fill_and_submit, password=PASSWORD) for browser in browsers])
    assert [browser.path for browser in browsers] == ["/home"] * 4
    for browser in browsers:
        browser.reload()
        assert browser.path == "/home" and "Анна" in browser.text
    assert User.select().count() == AccountLink.select().count() == 1
    assert Message.select().where(Message.channel == "staff").count() == 1
    assert Message.select().where(Message.template == "confirm_email").count() == 1


def test_a_second_click_with_another_password_gives_nothing(
    visitor: Visitor, app: Flask, receipt: dict[str, str]
) -> None:
    at_registration_password(visitor, receipt)
    second = double(visitor, app)
    visitor.fill_and_submit(password=PASSWORD)
    second.fill_and_submit(password="Другой8пароль")
    assert second.path == "/", "the old token opens no cabinet without the password"


def test_meanwhile_another_browser_took_the_phone(
    visitor: Visitor, app: Flask, receipt: dict[str, str]
) -> None:
    at_registration_password(visitor, receipt)
    resident()
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/" and "уже есть кабинет" in visitor.text
    assert visitor.value("phone") == PHONE
    assert User.select().count() == 1 and AccountLink.select().count() == 0
    assert Message.select().where(Message.channel == "staff").count() == 0
    visitor.fill_and_submit(phone=TYPED)
    assert visitor.path == "/login/password"


def test_the_old_pages_are_over_once_the_cabinet_exists(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_registration_password(visitor, receipt)
    visitor.fill_and_submit(password=PASSWORD)
    for address in ("/", "/code", "/register/", "/register/account", "/register/password", "/resume"):
        visitor.get(address)
        assert visitor.path == "/home", address
        assert "слишком много времени" not in visitor.text, address
    with db.atomic():
        assert User.select().count() == 1


def test_the_new_cabinet_is_welcomed_once(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_registration_password(visitor, receipt)
    visitor.fill_and_submit(password=PASSWORD)
    welcome = one(visitor.page, ".notice--done")
    assert "Кабинет создан. Здесь ваши начисления и заявки." in welcome.get_text().replace("\xa0", " ")
    assert welcome.find("svg", class_="tick")
    addresses = one(visitor.page, "#addresses")
    assert addresses.find_next(string=lambda text: "Подтвердите почту." in text), "the duty comes later"
    visitor.reload()
    assert "Кабинет создан" not in visitor.text
