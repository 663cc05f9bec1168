"""What photos of receipts come to, the drawn receipt, and help where no SMS comes: axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.accessibility.steps import fill, refused, to_account
from tests.browser.expect import expect
from tests.browser.inspector import Inspector
from tests.browser.people import new_phone
from tests.browser.screens import heading, press
from tests.receipts import paper

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page, Route

ACCOUNT = "7012345678"


def photograph(page: Page, *codes: bytes) -> None:
    """Choose a picture of these codes."""
    data = paper.saved(paper.sheet(*codes), "PNG")
    picture: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": data}
    page.locator("#photo").set_input_files(picture)


def test_photos_of_every_outcome_have_no_barriers(
    page: Page, inspector: Inspector, sms_code: Callable[..., str]
) -> None:
    to_account(page, new_phone(), sms_code)
    photograph(page, paper.payload("1", amount="1"), paper.payload("2", amount="2"))
    refused(page, "несколько квитанций", "photo")
    inspector.look("account, photo of two receipts")
    photograph(page, paper.payload(ACCOUNT, period="", amount="7"))
    expect(page.locator(".taken")).to_have_count(2)
    inspector.look("account, filled in part")
    photograph(page, paper.payload(ACCOUNT, period="012026"))
    expect(page.get_by_text("Эта квитанция за январь 2026")).to_be_visible()
    inspector.look("account, photo of an old receipt")


def test_a_photo_that_is_being_read_has_no_barriers(
    page: Page, inspector: Inspector, sms_code: Callable[..., str]
) -> None:
    to_account(page, new_phone(), sms_code)
    height = page.locator(".photo").bounding_box()
    held: list[Route] = []
    page.route("**/account/photo", lambda route: held.append(route))
    photograph(page, paper.payload(ACCOUNT))
    expect(page.get_by_text("Читаем код…").locator("visible=true")).to_be_visible()
    expect(page.locator("#status")).to_have_text("Читаем код…")
    assert page.locator(".photo").bounding_box() == height, "nothing moves"
    inspector.look("account, a photo being read", busy=True)
    held[0].continue_()
    expect(page.locator(".taken")).to_have_count(3)


def test_the_drawn_receipt_has_no_barriers(
    page: Page, inspector: Inspector, sms_code: Callable[..., str]
) -> None:
    to_account(page, new_phone(), sms_code)
    page.locator("details summary").first.click()
    expect(page.locator("svg.paper")).to_be_visible()
    for name in ("account", "amount"):
        page.locator(f"#{name}").focus()
        inspector.look(f"account, drawn receipt, {name} lit")


def test_help_with_the_code_has_no_barriers(page: Page, inspector: Inspector) -> None:
    fill(page, phone=new_phone())
    page.locator("#consent").check()
    press(page, "Далее")
    heading(page, "Подтвердите номер")
    help_ = page.get_by_text("Не приходит код?")
    if page.locator("details[open]").count() == 0:
        help_.click()
    expect(page.locator("details[open]")).to_be_visible()
    inspector.look("code, help open, countdown running")
