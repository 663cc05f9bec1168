"""A resident registers in the frame on another site, by what the page shows, with and without scripts."""

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Embedded, Screen
from tests.browser.site import Site
from tests.waiting import until

ACCOUNT, AMOUNT, ADDRESS = "7012 3456 78", "4 218,67", "Профсоюзная"
PASSWORD = "Тихий-двор-58"


def new_phone() -> str:
    """A number that nobody has yet; E.164."""
    return f"+7916{random.randrange(10**7):07d}"


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
    frame.get_by_label("Электронная почта").fill("anna@example.com")
    frame.get_by_role("button", name="Далее").click()

    frame.locator("#password").fill(PASSWORD)
    frame.get_by_role("button", name="Создать кабинет").click()
    expect(frame.get_by_role("heading", name="Анна")).to_be_visible()
    expect(frame.get_by_text(ADDRESS).first).to_be_visible()


def go(embedded: Embedded, how: str) -> None:
    """Move in the frame's history, as the browser's own buttons do."""
    embedded.page.evaluate(how)


def press_unless_sent(frame: Screen, button: str, arrived: Locator) -> None:
    """With scripts the full code sends itself; without them the button does."""
    if frame.locator("html.framed").count() == 0:
        frame.get_by_role("button", name=button).click()
    expect(arrived).to_be_visible()


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
    frame.get_by_label("Номер телефона").fill(phone)
    frame.get_by_role("checkbox").check()
    frame.get_by_role("button", name="Далее").click()
    frame.get_by_label("Код из СМС").fill(sms_code(phone))
    press_unless_sent(frame, "Подтвердить номер", frame.get_by_label("Номер лицевого счёта"))
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
