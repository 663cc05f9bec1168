"""Pages on which staff do something for a resident, as `test_staff` looks at them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.accessibility.steps import fill, refused
from tests.browser.people import OTHER
from tests.browser.screens import heading, press

if TYPE_CHECKING:
    from playwright.sync_api import Page


def helps_resident(page: Page, look: Callable[[str], None]) -> None:
    """From the resident's card, and back to it."""
    card = page.url
    page.get_by_role("link", name="Исправить имя").click()
    heading(page, "Исправить имя")
    look("staff: name of a resident")
    fill(page, last_name="1")
    press(page, "Исправить")
    refused(page, "Напишите буквами", "last_name")
    look("staff: name of a resident, refused")
    page.goto(f"{card}/accounts")
    look("staff: accounts for a resident")
    page.locator("#query").fill(OTHER[0])
    press(page, "Найти")
    page.locator(".card__title a").first.click()
    heading(page, "Добавить счёт жителю?")
    look("staff: an account of a resident")
    page.goto(card)
    page.get_by_role("link", name="Убрать").first.click()
    heading(page, "Убрать счёт у жителя?")
    press(page, "Убрать счёт")
    look("staff: resident, account unlinked")
    press(page, "Не убирать счёт: вернуть")
