"""Part III of the company's instruction: every error on its field, in its words, with what to do next.

The screens are numbered as in the guide. 38, of the connection request, is tested with the requests.
"""

import pytest

from cabinet.models import User
from tests.cast import LESNAYA, PERSON, PHONE, bill, receipt_of, resident
from tests.journeys import FORGOT, to_code, to_login_password, to_new_password
from tests.placing import signed_in
from tests.visitor import Visitor, last_code


def says(visitor: Visitor, field: str, *words: str) -> None:
    """The error stands at its field and nowhere else, the summary has it, the title begins with «Ошибка:»."""
    error = visitor.error(field)
    for text in words:
        assert text in error, f"«{error}» of {field} lacks «{text}»"
    assert visitor.one("title").get_text(strip=True).startswith("Ошибка:")
    wrong = visitor.page.find_all(True, attrs={"aria-invalid": "true"})
    assert [e.get("name") or e.get("id") for e in wrong] == [field]
    summary = visitor.page.find(id="errors")
    assert summary is not None and summary.get("tabindex") == "-1", "what takes the focus"
    assert summary.find(True, attrs={"role": "alert"}) is not None
    assert visitor.status in (200, 422, 429)
    assert visitor.htmx is False or visitor.status in (422, 429)


@pytest.mark.parametrize("typed", ["", "12345", "8 916 123-45-6", "+1 212 555-01-00", "8 495 123-45-67"])
def test_30_bad_phone(visitor: Visitor, typed: str) -> None:
    visitor.get("/")
    visitor.fill_and_submit(phone=typed, consent="y")
    words = {
        "": "Введите номер мобильного телефона",
        "8 916 123-45-6": "Введён некорректный номер телефона: не хватает одной цифры",
        "+1 212 555-01-00": "Нужен российский мобильный номер",
        "8 495 123-45-67": "Нужен мобильный",
    }
    says(visitor, "phone", words.get(typed, "Введён некорректный номер телефона. Проверьте его"))
    assert visitor.value("phone") == typed, "what was typed stays"


def test_31_wrong_code(visitor: Visitor) -> None:
    to_code(visitor)
    right = int(last_code(PHONE))
    for number, left in enumerate(("Осталось 4 попытки", "Осталось 3 попытки")):
        visitor.fill_and_submit(code=f"{(right + 1 + number) % 1_000_000:06d}")
        says(visitor, "code", "Код не соответствует полученному в СМС", left)
    visitor.fill_and_submit(code=f"{right:06d}")
    assert visitor.path == "/register/account"


def test_32_no_code(visitor: Visitor) -> None:
    to_code(visitor)
    visitor.fill_and_submit(code="")
    says(visitor, "code", "Введите код из СМС")
    visitor.fill_and_submit(code=last_code(PHONE))
    assert visitor.path == "/register/account", "it cost no try"


def test_33_empty_password(visitor: Visitor) -> None:
    resident()
    to_login_password(visitor)
    visitor.fill_and_submit(password="")
    says(visitor, "password", "Не заполнено поле пароля. Введите пароль")


def test_34_wrong_password(visitor: Visitor) -> None:
    resident()
    to_login_password(visitor)
    visitor.fill_and_submit(password="Неверный0пароль")
    says(visitor, "password", "Ошибка в логине или пароле. Проверьте номер телефона и пароль")
    assert "Неверный0пароль" not in str(visitor.page), "it is not shown again"


def test_35_confirm_email(visitor: Visitor) -> None:
    user = resident(email_confirmed_at=None)
    signed_in(visitor)
    assert "Подтвердите почту." in visitor.text and user.email in visitor.text
    assert visitor.page.select("form[action='/email/resend'] button")
    visitor.fill_and_submit("form[action='/logout']")
    to_login_password(visitor)
    assert "Подтвердите почту." in visitor.text and visitor.page.select("form[action='/login/email'] button")


def test_36_too_many_attempts(visitor: Visitor) -> None:
    resident()
    to_login_password(visitor)
    for _ in range(6):
        visitor.fill_and_submit(password="Неверный0пароль")
    assert visitor.status == 429
    says(visitor, "password", "Превышено число попыток входа. Попробуйте ещё раз через")
    assert "Или создайте новый пароль" in visitor.text
    visitor.fill_and_submit(FORGOT)
    assert visitor.path == "/code"


@pytest.mark.parametrize("field", ["account", "amount"])
@pytest.mark.parametrize("where", ["/register/account", "/home/accounts/new"])
def test_37_bad_data(visitor: Visitor, where: str, field: str) -> None:
    bill(LESNAYA)
    if where.startswith("/register"):
        to_code(visitor)
        visitor.fill_and_submit(code=last_code(PHONE))
    else:
        resident()
        signed_in(visitor)
    visitor.get(where)
    typed = receipt_of(LESNAYA, **{field: "???"})
    visitor.fill_and_submit(**typed)
    says(visitor, field, {"account": "Перепишите номер с квитанции", "amount": "Напишите сумму так"}[field])
    assert visitor.text.count("Введены некорректные данные") == 1
    assert "Введены некорректные данные" in visitor.one("#errors").get_text()
    assert {name: visitor.value(name) for name in typed} == typed
    visitor.fill_and_submit(**receipt_of(LESNAYA, amount="1,00"))
    assert visitor.one("title").get_text(strip=True).startswith("Ошибка:")
    assert "Данного абонента нет в системе" in visitor.text


def test_fields_left_empty_are_named_so(visitor: Visitor) -> None:
    bill(LESNAYA)
    to_code(visitor)
    visitor.fill_and_submit(code=last_code(PHONE))
    empty = {"period": None, "account": "", "amount": ""}
    visitor.fill_and_submit(**empty)
    assert "Не заполнены обязательные поля" in visitor.text
    visitor.fill_and_submit(**{**empty, "account": "???"})
    assert "Введены некорректные данные" in visitor.text and "Не заполнены" not in visitor.text


@pytest.mark.parametrize("where", ["/register/profile", "/home/profile/email"])
def test_39_bad_email(visitor: Visitor, where: str) -> None:
    bill(LESNAYA)
    if where.startswith("/register"):
        to_code(visitor)
        visitor.fill_and_submit(code=last_code(PHONE))
        visitor.fill_and_submit(**receipt_of(LESNAYA))
        visitor.fill_and_submit(answer="yes")
        visitor.fill_and_submit(**{**PERSON, "email": "anna.example.org"})
        assert visitor.value("last_name") == PERSON["last_name"]
    else:
        resident()
        signed_in(visitor)
        visitor.get(where)
        visitor.fill_and_submit(email="anna.example.org", current_password="Длинный7пароль")
    says(visitor, "email", "Некорректно введена почта. Например, anna@mail.ru")
    assert visitor.path == where and visitor.value("email") == "anna.example.org"


def test_40_weak_password(visitor: Visitor) -> None:
    user = resident()
    to_new_password(visitor)
    visitor.fill_and_submit(password="мало1")
    says(visitor, "password", "Не соблюдены все условия при создании пароля. Осталось: не короче 8 символов")
    unmet = [
        r.get_text(" ", strip=True).replace("\xa0", " ") for r in visitor.page.select(".rule:not(.is-met)")
    ]
    assert any("Не короче 8 символов" in rule for rule in unmet), "the rules are there too"
    visitor.fill_and_submit(password="мало1бы" + "ло")
    assert visitor.path == "/login/password"
    assert User.get_by_id(user.id).password_hash != user.password_hash
