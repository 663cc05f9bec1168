"""A resident registers: on both databases, without JavaScript and with htmx."""

from cabinet.models import Message, User
from tests.visitor import Visitor, inbox, last_code

PHONE = "+79161234567"


def test_registration(visitor: Visitor, receipt: dict[str, str]) -> None:
    visitor.get("/")
    visitor.fill_and_submit(phone="8 916 123-45-67", consent="y")
    assert visitor.path == "/code"
    code = last_code(PHONE)
    assert [code in text for text in inbox()] == [True]

    visitor.fill_and_submit(code=f"{(int(code) + 1) % 1_000_000:06d}")
    assert visitor.path == "/code" and visitor.error("code")
    visitor.fill_and_submit(code=code)
    assert visitor.path == "/register/account"

    visitor.fill_and_submit(**{**receipt, "amount": "1,00"})
    assert "Данного абонента нет в системе" in visitor.text
    assert visitor.value("amount") == "1,00", "what was typed stays"
    visitor.fill_and_submit(**receipt)
    assert visitor.path == "/register/address" and "Лесная" in visitor.text

    visitor.fill_and_submit(answer="no")
    assert visitor.path == "/register/account" and visitor.value("account") == ""
    visitor.fill_and_submit(**receipt)
    visitor.fill_and_submit(answer="yes")
    assert visitor.path == "/register/profile"

    visitor.fill_and_submit(
        last_name="Иванова", first_name="Анна", birth_date="01.02.1980", email="anna@example.org"
    )
    assert visitor.path == "/register/password"
    visitor.fill_and_submit(password="короткий"[:5])
    assert visitor.error("password") and visitor.value("password") == ""
    visitor.fill_and_submit(password="Длинный7пароль")
    assert visitor.path == "/home" and "Анна" in visitor.text and "Лесная" in visitor.text

    assert User.get().phone == PHONE
    assert Message.select().where(Message.lane == "staff", Message.template == "registered").count() == 1
