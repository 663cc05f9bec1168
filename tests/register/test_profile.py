"""Names, birth date and e-mail of real people; going on accepts the terms."""

import datetime as dt
import hashlib

import pytest
import time_machine
from flask import Flask

from cabinet.models import Consent, ConsentText, Registration
from cabinet.wording import documents
from tests.cast import PERSON, PHONE
from tests.placing import at_profile
from tests.visitor import Visitor, double

TODAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def test_required_fields_have_a_star(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_profile(visitor, receipt)
    for name in PERSON:
        starred = "*" in visitor.one(f"label[for={name}]").get_text()
        required = visitor.one(f"#{name}").get("aria-required") == "true"
        assert starred == required == (name != "middle_name"), name


def test_empty_fields_are_all_told_at_once(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_profile(visitor, receipt)
    visitor.fill_and_submit(**dict.fromkeys(PERSON, ""))
    assert visitor.path == "/register/profile"
    for name, sentence in (
        ("last_name", "Введите фамилию"),
        ("first_name", "Введите имя"),
        ("birth_date", "Введите дату рождения"),
        ("email", "Введите адрес"),
    ):
        assert sentence in visitor.error(name)
        assert visitor.page.select(f"#errors a[href='#{name}']"), "the summary leads to the field"
    assert not visitor.error("middle_name")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_real_names_are_welcome(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_profile(visitor, receipt)
    for last_name, first_name, middle_name, kept in (
        ("Римский-Корсаков", "Пётр", "", ("Римский-Корсаков", "Пётр", "")),
        ("ИВАНОВА", "анна мария", "петровна", ("Иванова", "Анна Мария", "Петровна")),
        ("O'Neill", "Zoë", "Ibn Ali оглы", ("O’Neill", "Zoë", "Ibn Ali оглы")),
        ("Ли", "Э", "  ", ("Ли", "Э", "")),
        ("Иванова (Петрова)", "анна.", "нет", ("Иванова (Петрова)", "Анна", "")),
    ):
        visitor.get("/register/profile")
        visitor.fill_and_submit(
            **{**PERSON, "last_name": last_name, "first_name": first_name, "middle_name": middle_name}
        )
        assert visitor.path == "/register/password", visitor.text
        found = Registration.get()
        assert (found.last_name, found.first_name, found.middle_name) == kept


WRONG = [
    ("last_name", "Иванов2", "Напишите буквами"),
    ("last_name", "Иванова 🙂", "Напишите буквами"),
    ("first_name", "<b>Анна</b>", "Напишите буквами"),
    ("first_name", "а" * 61, "Слишком длинно"),
    ("middle_name", "@", "Напишите буквами"),
    ("birth_date", "31.02.1980", "Такой даты нет"),
    ("birth_date", "1.2.19", "четырьмя цифрами"),
    ("birth_date", "вчера", "31.12.1960"),
    ("birth_date", "24.11.2026", "ещё не наступила"),
    ("birth_date", "24.11.2012", "с 14 лет"),
    ("birth_date", "23.11.1905", "Проверьте год"),
    ("email", "anna", "Некорректно введена почта"),
    ("email", "anna@example,org", "запятая"),
    ("email", "anna@@example.org", "Некорректно введена почта"),
    ("email", "anna@ехаmple.org", "русские буквы"),
    ("email", "a" * 300 + "@example.org", "Некорректно введена почта"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_wrong_is_told_beside_its_field(visitor: Visitor, receipt: dict[str, str]) -> None:
    with time_machine.travel(TODAY, tick=False):
        at_profile(visitor, receipt)
        for field, typed, sentence in WRONG:
            visitor.fill_and_submit(**{**PERSON, field: typed})
            assert visitor.path == "/register/profile", typed
            assert sentence in visitor.error(field), (typed, visitor.error(field))
            for name, value in PERSON.items():
                assert visitor.value(name) == (typed if name == field else value), "what was typed stays"
                assert name == field or not visitor.error(name)
        assert Registration.get().profile_at is None
        assert Consent.select().where(Consent.kind == "terms").count() == 0


@pytest.mark.parametrize(
    "born", ["23.11.2012", "24.11.1905", "1960-02-01", "1 февраля 1960 г.", "29.02.2000"]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_ages_from_14_to_120(visitor: Visitor, receipt: dict[str, str], born: str) -> None:
    with time_machine.travel(TODAY, tick=False):
        at_profile(visitor, receipt)
        visitor.fill_and_submit(**{**PERSON, "birth_date": born})
        assert visitor.path == "/register/password", visitor.text


def test_going_on_accepts_the_terms(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_profile(visitor, receipt)
    terms = documents.current("terms")
    assert "Нажимая «Далее», вы соглашаетесь с условиями использования сервиса" in visitor.text
    assert visitor.page.select("details.terms"), "they open in place"
    visitor.fill_and_submit(**PERSON)
    accepted = Consent.get(Consent.kind == "terms")
    assert (accepted.version, accepted.phone, accepted.ip) == (terms.version, PHONE, "192.0.2.1")
    archived = ConsentText.get_by_id(accepted.sha256).text
    assert archived == terms.text
    assert hashlib.sha256(archived.encode()).hexdigest() == accepted.sha256


def test_what_was_answered_is_there_on_coming_back(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_profile(visitor, receipt)
    visitor.fill_and_submit(**PERSON)
    visitor.get("/register/profile")
    assert {name: visitor.value(name) for name in PERSON} == PERSON
    visitor.fill_and_submit(**{**PERSON, "first_name": "Мария"})
    assert visitor.path == "/register/password" and Registration.get().first_name == "Мария"


def test_a_second_click_goes_on_too(visitor: Visitor, app: Flask, receipt: dict[str, str]) -> None:
    at_profile(visitor, receipt)
    second = double(visitor, app)
    for either in (visitor, second):
        either.fill_and_submit(**PERSON)
        assert either.path == "/register/password"


def test_the_email_is_kept_as_it_can_be_written_to(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_profile(visitor, receipt)
    visitor.fill_and_submit(**{**PERSON, "email": " Anna@Почта.РФ "})
    assert visitor.path == "/register/password"
    assert Registration.get().email == "Anna@xn--80a1acny.xn--p1ai"
