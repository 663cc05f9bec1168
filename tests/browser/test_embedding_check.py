"""«Проверить встраивание»: the cabinet on the company's page tells the staff's page how it fares there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.clerks import add_clerk
from tests.browser.expect import expect
from tests.browser.screens import heading
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.parametrize("width", [1280], indirect=True),
    pytest.mark.parametrize("javascript", [True], indirect=True),
]


def test_the_cabinet_reports_from_the_site_that_was_opened(page: Page, site: Site) -> None:
    password, totp = add_clerk(site, "webmaster@example.org", "--role", "admin")
    page.goto(f"{site.url}/staff/")
    page.get_by_label("Почта").fill("webmaster@example.org")
    page.locator("#password").fill(password)
    page.get_by_label("Код из приложения").fill(totp.now())
    page.get_by_role("button", name="Войти").click()
    heading(page, "Сегодня")
    page.goto(f"{site.url}/staff/embedding?site={site.embedding}")
    expect(page.get_by_text("может встраивать кабинет")).to_be_visible()
    expect(page.frame_locator(".staff__preview").locator("#phone")).to_be_visible()
    results = page.locator("[data-check-results]")
    expect(results.locator("li:visible")).to_have_count(0)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Открыть сайт").click()
    expect(results.get_by_text("Кабинет загрузился")).to_be_visible()
    expect(results.get_by_text("Он видит, что стоит на этом сайте.")).to_be_visible()
    expect(results.locator("li:visible")).to_have_count(3)
    opened.value.close()
