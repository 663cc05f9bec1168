"""The code on a photo fills the form, with and without scripts; a request is offered the same photo."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.expect import expect
from tests.browser.people import ACCOUNT, ADDRESS, new_phone
from tests.browser.screens import Embedded, press_unless_sent
from tests.browser.site import Site
from tests.requests import files
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, FrameLocator


def to_account(frame: FrameLocator, phone: str, sms_code: Callable[[str], str]) -> None:
    """Prove the phone."""
    frame.get_by_label("Номер телефона").fill(phone)
    frame.get_by_role("checkbox").check()
    frame.get_by_role("button", name="Далее").click()
    frame.get_by_label("Код из СМС").fill(sms_code(phone))
    press_unless_sent(frame, "Подтвердить номер", frame.get_by_label("Номер лицевого счёта"))


def send(frame: FrameLocator, data: bytes, javascript: bool) -> None:
    """Choose the photo; without scripts press the button, too."""
    photo: FilePayload = {"name": "photo.png", "mimeType": "image/png", "buffer": data}
    frame.get_by_label("Сфотографировать QR-код").set_input_files(photo)
    if not javascript:
        frame.get_by_role("button", name="Прочитать код").click()


@pytest.mark.walk("360px-js")
def test_a_photo_fills_the_form(
    embedded: Embedded, sms_code: Callable[[str], str], site: Site, javascript: bool
) -> None:
    frame = embedded.frame
    with urllib.request.urlopen(f"{site.url}/demo/receipts/0/png", timeout=PATIENCE) as answer:
        receipt = answer.read()
    to_account(frame, new_phone(), sms_code)
    account, amount = frame.get_by_label("Номер лицевого счёта"), frame.get_by_label("Сумма к оплате")
    account.fill("55-5")
    send(frame, files.image("PNG"), javascript)
    expect(frame.get_by_text("Подойдите ближе").last).to_be_visible()
    expect(account).to_have_value("55-5")
    if javascript:
        expect(frame.locator("#photo")).to_be_focused()
    length = account.evaluate("() => history.length")
    send(frame, receipt, javascript)
    expect(account).to_have_value(ACCOUNT.replace(" ", ""))
    expect(amount).to_have_value("4218,67")
    expect(frame.get_by_role("radio").first).to_be_checked()
    expect(frame.locator(".taken")).to_have_count(3)
    if javascript:
        assert account.evaluate("() => history.length") == length, "one Back leaves the step"
        amount.press("End")
        amount.press("Backspace")
        expect(frame.locator(".taken")).to_have_count(2)
        amount.press("7")
    amount.press("Enter")
    expect(frame.get_by_role("heading", name="Это ваш адрес?")).to_be_visible()
    expect(frame.get_by_text(ADDRESS)).to_be_visible()


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["js"])
def test_the_request_is_offered_the_photo(embedded: Embedded, sms_code: Callable[[str], str]) -> None:
    frame = embedded.frame
    to_account(frame, new_phone(), sms_code)
    send(frame, files.image("PNG"), javascript=True)
    expect(frame.get_by_text("Подойдите ближе").last).to_be_visible()
    frame.get_by_role("radio").first.check()
    frame.get_by_label("Номер лицевого счёта").fill("77 88-99")
    frame.get_by_label("Сумма к оплате").fill("1,00")
    frame.get_by_role("button", name="Далее").click()
    frame.get_by_role("link", name="Отправить заявку на подключение").click()
    chosen = frame.get_by_label("Фото или PDF квитанции")
    expect(chosen).to_have_value(r"C:\fakepath\photo.png")
    frame.get_by_role("button", name="Отправить заявку").click()
    expect(frame.get_by_text("Введите имя.").last).to_be_visible()
    expect(chosen).to_have_value(r"C:\fakepath\photo.png")
    frame.get_by_role("button", name="Не прикладывать").click()
    expect(chosen).to_have_value("")
