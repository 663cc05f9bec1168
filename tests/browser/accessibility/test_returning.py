"""Where a number may have another owner, or lost its cabinet, what is asked has no barriers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.accessibility.steps import fill_receipt, refused, to_account
from tests.browser.expect import expect
from tests.browser.inspector import Inspector
from tests.browser.people import OTHER, OWN, Seeded, long_unseen, moved_away
from tests.browser.screens import follow, give_password, heading, press, to_password
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page


def to_receipt(page: Page, resident: Seeded, site: Site) -> None:
    """By the password of a resident who was not seen for long, in a browser that is not known."""
    long_unseen(site, resident)
    to_password(page, resident.phone)
    give_password(page, resident.password)
    heading(page, "Подтвердите квитанцией")


def test_the_receipt_of_a_returning_resident_has_no_barriers(
    page: Page, inspector: Inspector, resident: Seeded, site: Site
) -> None:
    look = inspector.look
    to_receipt(page, resident, site)
    look("receipt again")
    press(page, "Далее")
    refused(page, "Не заполнены обязательные поля")
    look("receipt again, empty")
    fill_receipt(page, OWN[0], "1,00")
    press(page, "Далее")
    expect(page.get_by_text("Данного абонента нет в системе")).to_be_visible()
    look("receipt again, not found")
    expect(page.get_by_role("button", name="Проверить ещё раз")).to_be_visible()


def test_the_new_cabinet_of_a_numbers_next_owner_has_no_barriers(
    page: Page, inspector: Inspector, resident: Seeded, site: Site
) -> None:
    look = inspector.look
    to_receipt(page, resident, site)
    fill_receipt(page)
    press(page, "Далее")
    heading(page, "Создать новый кабинет?")
    look("new owner")
    press(page, "Создать новый кабинет")
    refused(page, "Поставьте отметку: без согласия мы не можем создать кабинет.", "consent")
    look("new owner, no consent")
    follow(page, "Взять другую квитанцию")
    heading(page, "Подтвердите квитанцией")


def test_the_cabinet_that_was_moved_away_comes_back_without_barriers(
    page: Page, inspector: Inspector, resident: Seeded, site: Site, sms_code: Callable[..., str]
) -> None:
    moved_away(site, resident, OTHER[0])
    to_account(page, resident.phone, sms_code)
    fill_receipt(page)
    press(page, "Далее")
    press(page, "Да")
    heading(page, "Вернуть прежний кабинет?")
    inspector.look("way back")
    press(page, "Это не я, вернуть кабинет")
    heading(page, "Создайте новый пароль")
    inspector.look("new password of a cabinet that came back")
