"""«Это ваш адрес?»"""

import pytest
from flask import Flask

from cabinet.models import Registration
from tests.placing import at_address, at_profile
from tests.visitor import Visitor, double


def test_yes_goes_on(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_address(visitor, receipt)
    assert visitor.title == "Это ваш адрес?"
    assert "г. Москва, ул. Лесная, д. 5, кв. 12" in visitor.text and "1234567890" in visitor.text
    assert [button.get_text(strip=True) for button in visitor.page.select("main button")] == ["Да", "Нет"]
    visitor.fill_and_submit(answer="yes")
    assert visitor.path == "/register/profile" and Registration.get().address_confirmed_at


def test_no_goes_back_to_an_empty_account(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_address(visitor, receipt)
    visitor.fill_and_submit(answer="no")
    assert visitor.path == "/register/account" and visitor.value("account") == ""
    visitor.get("/register/address")
    assert visitor.path == "/register/account", "there is no address to confirm any more"
    assert Registration.get().account_id is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("answer", [None, "", "maybe", ["yes", "no"], ["yes", "yes"]])
def test_any_other_answer_is_asked_again(visitor: Visitor, receipt: dict[str, str], answer: object) -> None:
    at_address(visitor, receipt)
    visitor.fill_and_submit("form[action='/register/address']", answer=answer)
    assert visitor.path == "/register/address" and "Лесная" in visitor.text
    assert "Нажмите «Да» или «Нет»" in visitor.text or "Отправьте ещё раз" in visitor.text
    assert Registration.get().address_confirmed_at is None


@pytest.mark.parametrize(("answer", "leads_to"), [("yes", "/register/profile"), ("no", "/register/account")])
def test_a_second_click_does_no_harm(
    visitor: Visitor, app: Flask, receipt: dict[str, str], answer: str, leads_to: str
) -> None:
    at_address(visitor, receipt)
    second = double(visitor, app)
    for either in (visitor, second):
        either.fill_and_submit(answer=answer)
        assert either.path == leads_to


def test_back_at_the_address_it_may_be_denied(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_profile(visitor, receipt)
    visitor.get("/register/address")
    visitor.fill_and_submit(answer="no")
    assert visitor.path == "/register/account"
    visitor.get("/register/profile")
    assert visitor.path == "/register/account"
