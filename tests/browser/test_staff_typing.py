"""What staff type on a request's page stays there, and is never found on another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.expect import expect
from tests.browser.site import Site
from tests.browser.test_staff_keys import asked, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.parametrize("width", [1280], indirect=True),
    pytest.mark.parametrize("javascript", [True], indirect=True),
]


def test_words_wait_on_the_page_of_their_request_whatever_comes_between(page: Page, site: Site) -> None:
    for number in ("70000011", "70000012"):
        asked(site, number, "2026-10-01 10:00:00")
    sign_in(page, site, "typing@example.org")
    reply, note = page.get_by_label("Ответ жителю"), page.get_by_label("Заметка для сотрудников")
    page.goto(f"{site.url}/staff/request/70000011")
    reply.press_sequentially("Подключим")
    page.goto(f"{site.url}/staff/request/70000012")
    expect(reply).to_have_value("")
    page.goto(f"{site.url}/staff/request/70000011")
    expect(reply).to_have_value("Подключим")
    note.press_sequentially("Позвонить")
    page.reload()
    expect(note).to_have_value("Позвонить")
    reply.fill("Подключим завтра")
    page.get_by_role("link", name="Жители").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Жители")
    page.go_back()
    expect(reply).to_have_value("Подключим завтра")
    page.get_by_role("button", name="Отправить ответ").click()
    expect(page.get_by_text("Ответ отправлен.")).to_be_visible()
    page.reload()
    expect(reply).to_have_value("")
    expect(note).to_have_value("Позвонить")


def test_words_in_any_form_are_kept_where_no_tab_could_remember_them(page: Page, site: Site) -> None:
    sign_in(page, site, "template@example.org")
    page.goto(f"{site.url}/staff/template/new")
    page.get_by_label("Название").press_sequentially("Подключили")
    page.get_by_label("Текст ответа").press_sequentially("Подключим")
    page.get_by_role("link", name="Жители").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Жители")
    page.evaluate("sessionStorage.clear()")
    page.goto(f"{site.url}/staff/template/new")
    expect(page.get_by_label("Название")).to_have_value("Подключили")
    page.get_by_role("button", name="Сохранить шаблон").click()
    expect(page.get_by_text("Шаблон сохранён.")).to_be_visible()
    page.goto(f"{site.url}/staff/template/new")
    expect(page.get_by_label("Текст ответа")).to_have_value("")


@pytest.mark.parametrize(
    ("address", "label"), [("request/70000013", "Ответ жителю"), ("template/new", "Текст ответа")]
)
def test_what_was_not_sent_is_said_and_goes_with_what_is_typed_since(
    page: Page, site: Site, address: str, label: str
) -> None:
    number = address.removeprefix("request/")
    if number.isdecimal():
        asked(site, number, "2026-10-01 10:00:00")
    sign_in(page, site, f"dropping-{len(address)}@example.org")
    page.goto(f"{site.url}/staff/{address}")
    words, said = page.get_by_label(label), page.get_by_text("Вы это не отправили")
    with page.expect_response(
        lambda answer: "quietly" in (answer.request.post_data or "")
    ):  # it is kept then
        words.press_sequentially("Подключим")
    expect(said).to_have_count(0)
    page.reload()
    expect(said).to_have_count(1)
    words.press_sequentially(" завтра")
    page.get_by_role("button", name="Убрать то, что не отправлено").click()
    expect(said).to_have_count(0)
    expect(words).to_have_value("")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(words).to_have_value("")
