"""Every page of the staff by Tab alone, and by axe at the widths of a tablet, a notebook and a large screen.

The pages are those of the URL map, with something on each of them (`tests/staff/office.py`).
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility.steps import fill
from tests.browser.clerks import add_clerk
from tests.browser.expect import expect
from tests.browser.inspector import Inspector
from tests.browser.keyboard.person import FOCUS
from tests.browser.screens import heading, press
from tests.browser.site import Site
from tests.staff.office import NAME

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EMAIL = "pages@example.org"
# not those of another test, whose layout the site would know by then
TITLES = "Код плательщика;Отрезок;Куда;Паспорт;Сколько вышло;Разное"
STRANGE = "\n".join([TITLES, *(f"{n};2026-10;г. Клин, д. {n};4510 123;{n},50;да" for n in range(100, 120))])
USUAL = "period;account;address;amount_due\n2026-10;77001;г. Клин, ул. Дачная, д. 3;100,00\n2026-10;;;x\n"
MOST_STOPS = 400

# what Tab is to reach, in the order of reading; of radio buttons of one name the chosen one, or the first
STOPS = """() => {
    const usual = "a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex]";
    const seen = new Set(), stops = [];
    for (const each of document.querySelectorAll(usual)) {
        if (each.tabIndex < 0 || each.disabled || each.matches("dialog:not([open]) *")) continue;
        if (!each.checkVisibility({ visibilityProperty: true })) continue;
        if (each.type === "radio") {
            const group = `${each.form?.action} ${each.name}`;
            const chosen = each.form?.querySelector(`[name="${each.name}"]:checked`);
            if (seen.has(group) || (chosen && chosen !== each)) continue;
            seen.add(group);
        }
        each.dataset.stop = stops.length;
        stops.push(each.outerHTML.slice(0, 120));
    }
    return stops;
}"""
# the order of reading is that of the document, unless something is moved
MOVED = """() => [...document.querySelectorAll("main *, header *, footer *")].filter(each => {
    const { order, flexDirection, tabIndex } = getComputedStyle(each);
    return order !== "0" || /reverse/.test(flexDirection) || each.tabIndex > 0;
}).map(each => each.outerHTML.slice(0, 120))"""
AT = "() => document.activeElement.dataset.stop ?? document.activeElement.outerHTML.slice(0, 120)"
STOP = f"() => [({AT})(), ({FOCUS})()]"
BODY = "<body"
TO_THE_TOP = """() => {
    const top = Object.assign(document.createElement("span"), { tabIndex: -1 });
    document.body.prepend(top);
    top.focus();
    top.remove();
}"""


class Reader:
    """A member of staff without a mouse; what is wrong with a page is noted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []

    def walk(self) -> list[str]:
        """From the top of the page that is open to its end; folds are opened before."""
        self.faults = [f"moved: {each}" for each in self.page.evaluate(MOVED)]
        self._unfold()
        stops = self.page.evaluate(STOPS)
        reached: list[str] = []
        for _press in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            at, focus = self.page.evaluate(STOP)
            if at.startswith(BODY) or (len(reached) > 1 and reached[0] == at):
                break
            if reached[-1:] == [at]:  # day, month and year; what is in a frame
                continue
            reached.append(at)
            if not (focus["ringed"] and focus["seen"]) and not focus["html"].startswith("<iframe"):
                self.faults.append(f"{'no ring' if focus['seen'] else 'out of sight'}: {focus['html']}")
        for place, stop in enumerate(stops):
            if reached[place : place + 1] != [str(place)]:
                self.faults.append(f"Tab does not lead to {stop}, but to {reached[place : place + 1]}")
                break
        self.faults += [f"Tab leads to {each} as well" for each in reached[len(stops) :]]
        return self.faults

    def _unfold(self) -> None:
        """Every fold opens and closes by Enter, and keeps the focus."""
        for fold in self.page.locator("main summary").all():
            if not fold.is_visible():
                continue
            fold.focus()
            was = fold.evaluate("it => it.parentElement.open")
            for _ in range(1 if not was else 2):
                self.page.keyboard.press("Enter")
            told = fold.evaluate("it => [it.parentElement.open, it === document.activeElement]")
            if told != [True, True]:
                self.faults.append(f"Enter does not open {fold.inner_text()}, or takes the focus away")
        self.page.evaluate(TO_THE_TOP)

    def opens_and_closes(self) -> None:
        """Each dialogue opens by Enter, has the focus, closes by Escape and its button, and gives it back."""
        page = self.page
        for button in page.locator("[data-keys]:not(dialog *)").all():
            for closing in ("Escape", "Enter"):
                button.focus()
                page.keyboard.press("Enter")
                expect(page.get_by_role("dialog")).to_be_visible()
                assert page.evaluate("() => !!document.activeElement.closest('dialog')"), "the focus is in it"
                page.keyboard.press(closing)
                expect(page.get_by_role("dialog")).to_have_count(0)
                assert button.evaluate("it => it === document.activeElement"), "the focus comes back"


@pytest.mark.parametrize("javascript", [True], indirect=True)
@pytest.mark.parametrize("width", [1280], indirect=True)
def test_every_page_is_for_everybody(page: Page, site: Site, chromium: Browser) -> None:
    found, addresses, jobs = _furnish(page, site)
    stranger = chromium.new_context(locale="ru-RU").new_page()
    faults: list[str] = []
    endpoints: set[str] = set()
    for one in (page, stranger):
        inspector, reader = Inspector(one), Reader(one)
        one.set_viewport_size({"width": 1280, "height": 800})
        for endpoint, address in addresses:
            if (endpoint in found) != (one is stranger):
                continue
            for path in [address.replace("JOB", job) for job in jobs] if "JOB" in address else [address]:
                answer = one.request.get(site.url + path, max_redirects=0)
                if answer.status == 303 or not answer.headers["content-type"].startswith("text/html"):
                    continue
                endpoints.add(endpoint)
                assert answer.status == 200 or path.endswith("/none"), (path, answer.status)
                one.goto(site.url + path)
                faults += [f"{path}: {fault}" for fault in reader.walk()]
                inspector.look_at_desks(path)
        if one is page:
            reader.opens_and_closes()
        faults += inspector.faults
    stranger.context.close()
    assert len(endpoints) > 40, sorted(endpoints)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(dict.fromkeys(faults))


def _furnish(page: Page, site: Site) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """Endpoints that are for who is not signed in, addresses, billing files; an admin is in."""
    password, totp = add_clerk(site, EMAIL, "--role", "admin", "--name", "Вера Странникова")
    _found, addresses, open_ones = json.loads(
        site.printed_by(sys.executable, "-m", "tests.staff.office", EMAIL)
    )
    page.goto(f"{site.url}/staff/")
    fill(page, email=EMAIL, password=password, code=totp.now())
    press(page, "Войти")
    heading(page, "Сегодня")
    jobs = [
        _upload(page, site, name, rows) for name, rows in (("strange.csv", STRANGE), ("usual.csv", USUAL))
    ]
    page.locator("#find").fill(NAME)
    press(page, "Найти заявку или жителя")
    expect(page.get_by_role("heading", name="Поиск")).to_contain_text(NAME)
    return open_ones, [(endpoint, address) for endpoint, address in addresses], jobs


def _upload(page: Page, site: Site, name: str, rows: str) -> str:
    """A billing file that is checked; its job."""
    page.goto(f"{site.url}/staff/imports")
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": rows.encode()})
    press(page, "Проверить файл")
    heading(page, name)
    expect(page.locator(".badge").first).to_have_text("Проверен" if rows == USUAL else "Нужен ваш ответ")
    return page.url.rpartition("/")[2].partition("?")[0]
