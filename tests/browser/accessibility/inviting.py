"""Inviting by telephone, as `test_staff` looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.accessibility.steps import fill, fill_receipt, refused
from tests.browser.expect import expect
from tests.browser.people import ACCOUNT, OTHER, new_phone
from tests.browser.screens import answered, heading, press
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page


def invites(page: Page, look: Callable[[str], None], site: Site) -> None:
    """Search, form, its refusals, the invitation, its end, and the list."""
    page.goto(f"{site.url}/staff/registrations/invitations")
    heading(page, "Приглашения по телефону")
    look("staff: invitations")
    page.locator("main").get_by_role("link", name="Пригласить по телефону").click()
    heading(page, "Найти счёт позвонившего")
    look("staff: account of a caller")
    page.locator("#query").fill(ACCOUNT)
    with answered(page):  # the account may have been found before
        page.locator("main").get_by_role("button", name="Найти").click()
    page.locator(f".card__title a[href$='/{OTHER[0]}']").click()
    heading(page, "Пригласить по телефону")
    look("staff: to invite a caller")
    press(page, "Пригласить")
    refused(page, "Не заполнены обязательные поля")
    look("staff: to invite a caller, refused")
    fill(page, phone=new_phone(), last_name="Петрова", first_name="Анна")
    fill_receipt(page, amount="1")
    page.locator("#spoken").check()
    press(page, "Пригласить")
    refused(page, "Такой квитанции не нашли")
    look("staff: to invite a caller, no such receipt")
    fill_receipt(page)
    press(page, "Пригласить")
    expect(page.get_by_text("Приглашение отправлено.")).to_be_visible()
    look("staff: invitation of a caller")
    press(page, "Отозвать приглашение")
    expect(page.get_by_text("Приглашение отозвано")).to_be_visible()
    look("staff: invitation of a caller, withdrawn")
    page.goto(f"{site.url}/staff/registrations/invitations")
    look("staff: invitations, one")
