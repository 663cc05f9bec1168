"""What is done between two looks of the inspector."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.expect import expect
from tests.browser.people import ACCOUNT, AMOUNT
from tests.browser.screens import heading, press

if TYPE_CHECKING:
    from playwright.sync_api import Page


FIRST = "Вход или регистрация"
PERSON = {"last_name": "Петрова", "first_name": "Анна", "birth_date": "1.2.1960", "email": "anna@example.com"}
HOUSE = {"city": "Клин", "street": "Дачная", "house": "3"}


def fill(page: Page, **values: str) -> None:
    """Fill fields by their names."""
    for name, value in values.items():
        page.locator(f"#{name}").fill(value)


def fill_receipt(page: Page, account: str = ACCOUNT, amount: str = AMOUNT) -> None:
    """Period, account, amount."""
    page.locator("input[name=period]").first.check()
    fill(page, account=account, amount=amount)


def refused(page: Page, words: str, field: str = "") -> None:
    """Wait until the page says what is wrong."""
    expect(page.locator(f"#{field}-error" if field else "#errors")).to_contain_text(words)


def to_account(page: Page, phone: str, sms_code: Callable[..., str]) -> None:
    """A fresh phone, verified."""
    fill(page, phone=phone)
    page.locator("#consent").check()
    press(page, "Далее")
    heading(page, "Подтвердите номер")
    fill(page, code=sms_code(phone))
    heading(page, "Найдём ваш адрес")


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 10**6:06d}"
