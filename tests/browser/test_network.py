"""A slow, lost or foreign answer: no press is swallowed, nothing typed is lost, a retry sends the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, FileSystemLoader

from config import ROOT
from tests.browser.expect import expect
from tests.browser.people import ACCOUNT, AMOUNT, new_phone
from tests.browser.site import Site
from tests.browser.test_staff_keys import sign_in
from tests.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route


# until the page was drawn twice: what it does by itself after a key, it has done
QUIET = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A tab with scripts; unlike elsewhere its console may complain, for the network fails on purpose."""
    context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="ru-RU")
    yield context.new_page()
    context.close()


def to_code(page: Page, site: Site, phone: str) -> None:
    page.goto(site.url)
    page.get_by_label("Номер телефона").fill(phone)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Далее").click()
    expect(page.get_by_role("heading", name="Подтвердите номер")).to_be_visible()


def to_address(page: Page, site: Site, sms_code: Callable[[str], str], press: str = "") -> None:
    """The address; the code is sent by the button named, else by itself."""
    phone = new_phone()
    to_code(page, site, phone)
    page.get_by_label("Код из СМС").fill(sms_code(phone))
    if press:
        page.get_by_role("button", name=press).click()
    page.get_by_role("radio").first.check()
    page.get_by_label("Номер лицевого счёта").fill(ACCOUNT)
    page.get_by_label("Сумма к оплате").fill(AMOUNT)
    page.get_by_role("button", name="Далее").click()
    expect(page.get_by_role("heading", name="Это ваш адрес?")).to_be_visible()


def test_a_question_on_its_way_swallows_no_press(page: Page, site: Site) -> None:
    """The page asks now and then whether the SMS arrived; a form sent meanwhile goes through."""
    waiting: list[Route] = []
    page.route("**/code/delivery", lambda route: waiting.append(route))
    to_code(page, site, new_phone())
    templates = Environment(loader=FileSystemLoader(ROOT / "cabinet" / "templates"), autoescape=True)
    line = templates.get_template("entry/_delivery.html").render(
        delivery="waiting", url_for=lambda _endpoint: "/code/delivery"
    )
    page.evaluate(
        """html => {
            const line = document.querySelector('#delivery')
            line.insertAdjacentHTML('afterend', html.replace('every 4s', 'ask'))
            const fresh = line.nextElementSibling
            line.remove()
            htmx.process(fresh)
            fresh.dispatchEvent(new Event('ask'))
        }""",
        line,
    )
    until(lambda: waiting, "nothing was asked", page=page)
    page.get_by_label("Код из СМС").fill("000000")
    expect(page.locator(".error")).to_contain_text("Код не соответствует")
    waiting[0].abort()


@pytest.mark.walk
def test_a_press_that_could_not_be_sent_can_be_repeated(page: Page, site: Site) -> None:
    """While one thing is under way another is not begun; but its button does not stay dead."""
    to_code(page, site, new_phone())
    held: list[Route] = []
    page.route(site.url + "/", lambda route: held.append(route))
    page.get_by_role("link", name="Изменить").click()
    until(lambda: held, "nothing was asked", page=page)
    page.get_by_label("Код из СМС").fill("000000")
    page.evaluate(QUIET)
    held[0].abort()
    page.get_by_role("button", name="Подтвердить номер").click()
    expect(page.locator(".error")).to_contain_text("Код не соответствует")


def test_retry_answers_what_was_answered(page: Page, site: Site, sms_code: Callable[[str], str]) -> None:
    to_address(page, site, sms_code)
    page.route("**/register/address", lambda route: route.abort())
    page.get_by_role("button", name="Да", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Нет связи")
    page.unroute("**/register/address")
    page.get_by_role("button", name="Повторить").click()
    expect(page.get_by_role("heading", name="Расскажите о себе")).to_be_visible()


def test_a_proxys_error_page_does_not_take_the_form_away(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.get_by_label("Номер телефона").fill("916 123-45-67")
    page.get_by_role("checkbox").check()
    page.route(
        site.url + "/",
        lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>502 Bad Gateway</h1>"),
    )
    page.get_by_role("button", name="Далее").click()
    expect(page.get_by_role("alert")).to_contain_text("Нет связи")
    expect(page.get_by_label("Номер телефона")).to_have_value("+7 916 123-45-67")
    expect(page.get_by_text("Bad Gateway")).to_have_count(0)


def test_slowness_is_said(page: Page, site: Site) -> None:
    page.clock.install()
    page.goto(site.url)
    held: list[Route] = []
    page.route(site.url + "/", lambda route: held.append(route))
    button = page.get_by_role("button", name="Далее")
    button.click()
    page.clock.run_for(400)
    expect(button).to_have_attribute("aria-busy", "true")
    expect(button).to_have_text("Далее")
    page.clock.run_for(8000)
    expect(page.locator("main").get_by_text("Связь медленная")).to_be_visible()
    held[0].continue_()
    expect(page.locator(".error").first).to_be_visible()
    expect(page.locator("main").get_by_text("Связь медленная")).to_have_count(0)


def test_what_staff_typed_and_could_not_be_kept_is_tried_again_without_another_key(
    page: Page, site: Site
) -> None:
    sign_in(page, site, "again@example.org")
    page.goto(f"{site.url}/staff/template/new")
    failing: list[Callable[[Route], None]] = [lambda it: it.abort(), lambda it: it.fulfill(status=503)]
    page.route("**/staff/template/new", lambda route: failing.pop()(route) if failing else route.continue_())
    words = page.get_by_label("Текст ответа")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 204):
        words.press_sequentially("Подключим")
    page.reload()
    expect(words).to_have_value("Подключим")
    expect(page.get_by_text("Вы это не отправили")).to_be_visible()
