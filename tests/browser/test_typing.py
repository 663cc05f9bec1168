"""The conveniences of the page's script, by what a person types and sees; and that all works without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.expect import expect
from tests.browser.on_a_phone import javascript, width  # noqa: F401
from tests.browser.people import new_phone
from tests.browser.screens import Embedded
from tests.browser.site import Site
from tests.browser.test_network import QUIET, to_address, to_code

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request


@pytest.fixture
def posts(page: Page) -> list[str]:
    """The paths of the forms sent so far."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url.rpartition("/")[2])

    page.on("request", note)
    return sent


def to_password(page: Page, site: Site, sms_code: Callable[[str], str], press: str = "") -> None:
    """The password; the code is sent by the button named, else by itself."""
    to_address(page, site, sms_code, press)
    page.get_by_role("button", name="Да", exact=True).click()
    page.get_by_label("Фамилия").fill("Петрова")
    page.get_by_label("Имя", exact=False).first.fill("Анна")
    page.get_by_label("Дата рождения").fill("1.2.1960")
    page.get_by_label("Почта").fill("anna@example.com")
    page.get_by_role("button", name="Далее").click()
    expect(page.get_by_role("heading", name="Придумайте пароль")).to_be_visible()


@pytest.mark.walk
def test_code_pasted_with_spaces_is_sent_once(page: Page, site: Site, posts: list[str]) -> None:
    to_code(page, site, new_phone())
    field = page.get_by_label("Код из СМС")
    field.fill("000 000")
    expect(page.locator(".error")).to_contain_text("Код не соответствует")
    expect(field).to_be_focused()
    assert posts.count("code") == 1
    field.press("End")
    field.press("Backspace")
    field.press("0")
    page.evaluate(QUIET)
    assert posts.count("code") == 1, "the same code was sent again by itself"
    field.press("Backspace")
    field.press("1")
    expect(page.locator(".error")).to_contain_text("Осталось 3")


def test_password_rules_tick_off(page: Page, site: Site, sms_code: Callable[[str], str]) -> None:
    to_password(page, site, sms_code)
    field, rules = page.locator("#password"), page.locator("#rules")
    expect(rules.locator(".is-met")).to_have_count(0)
    field.press_sequentially("qwerty12")
    expect(rules).to_contain_text("Есть цифры: выполнено")
    expect(rules).to_contain_text("Не встречается в утечках паролей: не выполнено")
    field.fill("Тихий-двор-58")
    expect(rules.locator(".rule:not(.is-met)")).to_have_count(0)


def test_eye_shows_and_sending_hides(page: Page, site: Site, sms_code: Callable[[str], str]) -> None:
    to_password(page, site, sms_code)
    field, eye = page.locator("#password"), page.get_by_role("button", name="Показать пароль")
    field.fill("коротк")
    eye.click()
    expect(field).to_have_attribute("type", "text")
    expect(eye).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#status")).to_have_text("Пароль показан")
    page.evaluate(
        "document.addEventListener('submit', () => "
        "{ document.body.dataset.type = document.querySelector('#password').type })"
    )
    page.get_by_role("button", name="Создать кабинет").click()
    expect(page.locator(".error")).to_be_visible()
    assert page.locator("body").get_attribute("data-type") == "password"


def test_countdown_ends_in_a_button(page: Page, site: Site) -> None:
    page.clock.install()
    to_code(page, site, new_phone())
    button, line = page.get_by_role("button", name="Отправить код ещё раз"), page.locator("[data-countdown]")
    expect(button).to_be_hidden()
    page.clock.run_for(5000)
    expect(line).to_contain_text("0:5")
    expect(page.locator("#status")).not_to_contain_text("0:5")  # the seconds are told to nobody
    page.clock.run_for(70_000)
    expect(button).to_be_visible()
    expect(line).to_be_hidden()
    expect(page.locator("#status")).to_have_text("Отправить код ещё раз")


def test_phone_is_grouped_when_left(page: Page, site: Site) -> None:
    page.goto(site.url)
    field = page.get_by_label("Номер телефона")
    field.press_sequentially("89161234567")
    expect(field).to_have_value("89161234567")
    field.blur()
    expect(field).to_have_value("+7 916 123-45-67")


def test_focus_goes_to_what_matters(page: Page, site: Site, sms_code: Callable[[str], str]) -> None:
    """A new step's heading, the one wrong field, the list where several are wrong."""
    page.goto(site.url)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Далее").click()
    expect(page.locator(".error")).to_be_visible()
    expect(page.get_by_label("Номер телефона")).to_be_focused()
    phone = new_phone()
    to_code(page, site, phone)
    expect(page.get_by_label("Код из СМС")).to_be_focused()
    expect(page).to_have_title("Подтвердите номер — Домопульт")
    page.get_by_label("Код из СМС").fill(sms_code(phone))
    expect(page.get_by_role("heading", name="Найдём ваш адрес")).to_be_focused()
    page.get_by_role("button", name="Далее").click()
    expect(page.locator("#errors")).to_be_focused()
    page.get_by_role("link", name="Введите номер лицевого счёта").click()
    expect(page.get_by_label("Номер лицевого счёта")).to_be_focused()


@pytest.mark.parametrize("javascript", [False], ids=["no-js"])
def test_without_scripts_nothing_waits_for_them(page: Page, site: Site) -> None:
    """The button to send again is there at once; the server says how long to wait."""
    to_code(page, site, new_phone())
    page.get_by_role("button", name="Отправить код ещё раз").click()
    expect(page.get_by_role("heading", name="Подтвердите номер")).to_be_visible()


@pytest.fixture
def dark(chromium: Browser) -> Iterator[Page]:
    """A tab of a device that is set to dark."""
    context = chromium.new_context(viewport={"width": 800, "height": 800}, color_scheme="dark")
    yield context.new_page()
    context.close()


def test_a_frame_is_light_unless_asked(dark: Page, site: Site) -> None:
    schemes = "e => getComputedStyle(e).colorScheme"
    dark.goto(site.embedding)
    html = dark.frame_locator("iframe").locator("html")
    expect(html.locator("h1")).to_be_visible()
    assert html.evaluate(schemes) == "light"
    assert html.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    dark.goto(site.url)
    assert dark.locator("html").evaluate(schemes) == "dark"
    dark.goto(site.url + "/?theme=light")
    assert dark.locator("html").evaluate(schemes) == "light"


def test_code_reads_well_in_its_boxes(embedded: Embedded) -> None:
    """Below 340 px too the six boxes are inside the page."""
    embedded.page.set_viewport_size({"width": 280, "height": 700})
    frame = embedded.frame
    frame.get_by_label("Номер телефона").fill(new_phone())
    frame.get_by_role("checkbox").check()
    frame.get_by_role("button", name="Далее").click()
    boxes = frame.locator(".code__boxes i")
    expect(boxes).to_have_count(6)
    last = boxes.last.evaluate("e => [e.getBoundingClientRect().right, document.documentElement.clientWidth]")
    assert last[0] <= last[1]
    assert frame.locator("html").evaluate("e => e.scrollWidth <= e.clientWidth")
