"""A resident registers in the frame on another site, by what the page shows, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.expect import expect
from tests.browser.people import ACCOUNT, ADDRESS, AMOUNT, PASSWORD, new_phone
from tests.browser.screens import Embedded, go, press_unless_sent, verify_phone
from tests.browser.site import Site
from tests.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page


def register(embedded: Embedded, phone: str, sms_code: Callable[[str], str]) -> None:
    """Go all the way, as a careful person would."""
    frame = embedded.frame
    frame.get_by_label("Номер телефона").fill(f"8 {phone[2:]}")
    frame.get_by_role("checkbox").check()
    frame.get_by_role("button", name="Далее").click()

    expect(frame.get_by_role("heading", name="Подтвердите номер")).to_be_visible()
    field = frame.get_by_label("Код из СМС")
    field.fill(sms_code(phone))
    account = frame.get_by_label("Номер лицевого счёта")
    press_unless_sent(frame, "Подтвердить номер", account)

    frame.locator(".choice").first.click()
    account.fill(ACCOUNT)
    frame.get_by_label("Сумма к оплате").fill("1,00")
    frame.get_by_role("button", name="Далее").click()
    expect(frame.get_by_text("Данного абонента нет в системе")).to_be_visible()
    expect(account).to_have_value(ACCOUNT)
    frame.get_by_label("Сумма к оплате").fill(AMOUNT)
    frame.get_by_role("button", name="Проверить ещё раз").click()

    expect(frame.get_by_role("heading", name="Это ваш адрес?")).to_be_visible()
    expect(frame.get_by_text(ADDRESS)).to_be_visible()
    frame.get_by_role("button", name="Да", exact=True).click()

    frame.get_by_label("Фамилия").fill("Петрова")
    frame.get_by_label("Имя", exact=False).first.fill("Анна")
    frame.get_by_label("Дата рождения").fill("1.2.1960")
    frame.get_by_label("Почта").fill("anna@example.com")
    frame.get_by_role("button", name="Далее").click()

    frame.locator("#password").fill(PASSWORD)
    frame.get_by_role("button", name="Создать кабинет").click()
    expect(frame.get_by_role("heading", name="Анна")).to_be_visible()
    expect(frame.get_by_text(ADDRESS).first).to_be_visible()


@pytest.mark.walk("360px-no-js", "1280px-js")
def test_a_resident_registers(embedded: Embedded, sms_code: Callable[[str], str]) -> None:
    register(embedded, new_phone(), sms_code)


def test_staff_receive_what_was_entered(
    embedded: Embedded, site: Site, sms_code: Callable[[str], str], page: Page
) -> None:
    phone = new_phone()
    register(embedded, phone, sms_code)

    def received() -> str:
        letters = [m["text"] for m in site.get_json("/demo/inbox.json") if m["to"] == "staff@example.org"]
        return next((t for t in letters if phone[-4:] in t.replace(" ", "").replace("-", "")), "")

    told = until(received, "staff received nothing", page=page)
    assert all(word in told for word in ("Петрова", "Анна", "anna@example.com", "7012345678", ADDRESS))


@pytest.mark.walk("360px-js")
def test_reload_back_and_forward(embedded: Embedded, sms_code: Callable[[str], str]) -> None:
    frame, phone = embedded.frame, new_phone()
    verify_phone(frame, phone, sms_code)
    frame.locator(".choice").first.click()
    frame.get_by_label("Номер лицевого счёта").fill(ACCOUNT)
    frame.get_by_label("Сумма к оплате").fill(AMOUNT)
    frame.get_by_role("button", name="Далее").click()
    expect(frame.get_by_role("heading", name="Это ваш адрес?")).to_be_visible()

    go(embedded, "history.back()")
    expect(frame.get_by_label("Номер лицевого счёта")).to_have_value("7012345678")
    go(embedded, "history.forward()")
    expect(frame.get_by_role("heading", name="Это ваш адрес?")).to_be_visible()
    embedded.page.reload()  # the frame begins anew at its own address
    expect(
        frame.get_by_label("Номер телефона").or_(frame.get_by_role("heading", name="Это ваш"))
    ).to_be_visible()
    frame.locator("html").evaluate("() => { location.href = '/register/address' }")
    expect(frame.get_by_role("heading", name="Это ваш адрес?")).to_be_visible()


@pytest.mark.walk("1280px-js")
def test_double_click_is_one_step(embedded: Embedded, sms_code: Callable[[str], str], site: Site) -> None:
    frame, phone = embedded.frame, new_phone()
    frame.get_by_label("Номер телефона").fill(phone)
    frame.get_by_role("checkbox").check()
    frame.get_by_role("button", name="Далее").dblclick()
    frame.get_by_label("Код из СМС").fill(sms_code(phone))
    press_unless_sent(frame, "Подтвердить номер", frame.get_by_label("Номер лицевого счёта"))
    sent = [m for m in site.get_json("/demo/inbox.json") if m["to"] == phone]
    assert len(sent) == 1
