"""The script of later steps: fetched ahead when the first page is idle, missed by nobody without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.expect import expect
from tests.browser.people import ACCOUNT, AMOUNT, new_phone
from tests.browser.site import Site
from tests.browser.test_network import QUIET, page, to_code  # noqa: F401
from tests.browser.test_typing import to_password
from tests.requests import files
from tests.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

LATER = "**/later.*.js"
HERE = "() => performance.getEntriesByName(document.querySelector('script[src*=\"/later.\"]')?.src).length"


def asked_for(page: Page) -> list[str]:  # noqa: F811
    """The scripts that the page asks for from now on, in order, by name."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "script":
            asked.append(request.url.rpartition("/")[2].partition(".")[0])

    page.on("request", note)
    return asked


def test_it_comes_when_the_first_page_is_idle(page: Page, site: Site) -> None:  # noqa: F811
    asked = asked_for(page)
    page.goto(site.url)
    until(lambda: "later" in asked, "it was not fetched ahead", page=page)
    assert asked[:3] == ["app", "htmx", "later"]
    assert page.locator("link[rel=preload]").count() == 0
    page.wait_for_function(HERE)
    to_code(page, site, new_phone())
    assert asked.count("later") == 2, "once for each page that was loaded"


def test_who_pays_for_every_byte_gets_it_when_typing_begins(page: Page, site: Site) -> None:  # noqa: F811
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    asked = asked_for(page)
    page.goto(site.url)
    page.wait_for_load_state("load")
    page.evaluate("() => new Promise(done => requestIdleCallback(done))")
    page.evaluate(QUIET)
    assert "later" not in asked
    page.get_by_label("Номер телефона").press_sequentially("9")
    until(lambda: "later" in asked, "the next step would wait for it", page=page)


def test_what_is_typed_before_it_comes_is_told(page: Page, site: Site) -> None:  # noqa: F811
    held: list[Route] = []
    page.route(LATER, lambda route: held.append(route))
    to_code(page, site, new_phone())
    page.get_by_label("Код из СМС").fill("000000")
    page.evaluate(QUIET)
    expect(page.locator(".error")).to_have_count(0)
    held[0].continue_()
    expect(page.locator(".error")).to_contain_text("Код не соответствует")
    assert len(held) == 1


def test_a_photo_chosen_before_it_comes_is_read(
    page: Page,  # noqa: F811
    site: Site,
    sms_code: Callable[[str], str],
) -> None:
    held: list[Route] = []
    page.route(LATER, lambda route: held.append(route))
    phone = new_phone()
    to_code(page, site, phone)
    page.get_by_label("Код из СМС").fill(sms_code(phone))
    page.get_by_role("button", name="Подтвердить номер").click()
    photo = page.get_by_label("Сфотографировать QR-код")
    photo.set_input_files({"name": "p.png", "mimeType": "image/png", "buffer": files.image("PNG")})
    page.get_by_label("Номер лицевого счёта").fill(ACCOUNT)
    page.get_by_label("Сумма к оплате").fill(AMOUNT)
    held[0].continue_()
    expect(page.get_by_text("Подойдите ближе").last).to_be_visible()
    expect(page.get_by_label("Номер лицевого счёта")).to_have_value(ACCOUNT)


def test_a_code_typed_anew_before_it_comes_goes(
    page: Page,  # noqa: F811
    site: Site,
    sms_code: Callable[[str], str],
) -> None:
    held: list[Route] = []
    page.route(LATER, lambda route: held.append(route))
    phone = new_phone()
    to_code(page, site, phone)
    page.get_by_label("Код из СМС").fill("000000")
    page.get_by_role("button", name="Подтвердить номер").click()
    expect(page.locator(".error")).to_contain_text("Код не соответствует")
    page.get_by_label("Код из СМС").fill(sms_code(phone))
    held[0].continue_()
    expect(page.get_by_label("Номер лицевого счёта")).to_be_visible()


def test_steps_that_it_does_not_reach_work_as_without_scripts(
    page: Page,  # noqa: F811
    site: Site,
    sms_code: Callable[[str], str],
) -> None:
    page.route(LATER, lambda route: route.abort())
    phone = new_phone()
    to_code(page, site, phone)
    page.get_by_label("Код из СМС").fill(sms_code(phone))
    page.get_by_role("button", name="Подтвердить номер").click()
    photo = page.get_by_label("Сфотографировать QR-код")
    photo.set_input_files({"name": "p.png", "mimeType": "image/png", "buffer": files.image("PNG")})
    page.get_by_role("button", name="Прочитать код").click()
    expect(page.get_by_text("Подойдите ближе").last).to_be_visible()
    page.get_by_role("radio").first.check()
    page.get_by_label("Номер лицевого счёта").fill(ACCOUNT)
    page.get_by_label("Сумма к оплате").fill(AMOUNT)
    page.get_by_role("button", name="Далее").click()
    expect(page.get_by_role("heading", name="Это ваш адрес?")).to_be_visible()


def test_it_is_asked_for_again(page: Page, site: Site, sms_code: Callable[[str], str]) -> None:  # noqa: F811
    """The next step asks at once; a step that stays asks after a while, and when the network is back."""
    page.clock.install()
    cut: list[Route] = []

    def cut_off(route: Route) -> None:
        cut.append(route)
        route.abort()

    page.route(LATER, cut_off)
    to_password(page, site, sms_code, press="Подтвердить номер")
    eye = page.get_by_role("button", name="Показать пароль")
    expect(eye).to_have_count(0)
    before = len(cut)
    page.clock.run_for(60_000)
    until(lambda: len(cut) > before, "nobody asked again", page=page)
    page.unroute(LATER)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(eye).to_be_visible()
    page.locator("#password").press_sequentially("qwerty12")
    expect(page.locator("#rules")).to_contain_text("Есть цифры: выполнено")
