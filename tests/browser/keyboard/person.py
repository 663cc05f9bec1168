"""Somebody who has only a keyboard, and is told the roles and names of things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.browser.expect import expect
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page


MOST_STOPS = 18  # of Tab to anything on a page
PHONE, CONSENT = "Номер телефона", "Я даю согласие на обработку персональных данных"

# the ring may be drawn by what surrounds the control: a choice, the row of a photo, the six boxes of a code
FOCUS = """() => {
    const focused = document.activeElement;
    const clear = colour => /^rgba\\(.*, 0\\)$|\\/ 0\\)$/.test(colour);
    const ringed = element => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
        const outlined = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && !clear(outlineColor);
        return outlined || boxShadow !== "none" && / 3px(?!.*inset$)/.test(boxShadow);
    };
    const box = focused.getBoundingClientRect();
    const boxes = focused.closest(".code")?.querySelector("i");
    const drawn = [focused, focused.closest(".choice, .photo__row, .drop"), boxes];
    return {
        html: focused.outerHTML.slice(0, 120),
        ringed: drawn.filter(Boolean).some(ringed),
        seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    };
}"""


class Keyboard:
    """Somebody who has only a keyboard, and is told the roles and names of things."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def find(self, role: Any, name: str) -> Locator:
        """The thing of this role and exact name."""
        return self.page.get_by_role(role, name=name, exact=True)

    def to(self, role: Any, name: str) -> Locator:
        """Go there by Tab; at each stop it is seen where one is."""
        wanted = self.find(role, name)
        expect(wanted).to_have_count(1)
        for _ in range(MOST_STOPS):
            if wanted.evaluate("it => it === document.activeElement"):
                return wanted
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(FOCUS)
            assert stop["ringed"], f"no ring around {stop['html']}"
            assert stop["seen"], f"out of sight: {stop['html']}"
        raise AssertionError(f"Tab does not reach {role} «{name}»")

    def type(self, name: str, text: str) -> Locator:
        """Replace what is in a field."""
        field = self.to("textbox", name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        return field

    def tick(self, role: Any, name: str) -> None:
        """Tick a box, choose a choice."""
        wanted = self.to(role, name)
        self.page.keyboard.press("Space")
        expect(wanted).to_be_checked()

    def press(self, role: Any, name: str) -> None:
        """Press a button or follow a link."""
        self.to(role, name)
        self.page.keyboard.press("Enter")

    def arrive(self, heading: str, field: str = "") -> None:
        """On the next page its heading is read first, or its only field; the window is named after it."""
        title = self.page.get_by_role("heading", level=1, name=heading, exact=True)
        expect(title).to_be_visible()
        expect(self.find("textbox", field) if field else title).to_be_focused()
        expect(self.page.get_by_role("heading", level=1)).to_have_count(1)
        expect(self.page.get_by_role("main")).to_have_count(1)

    def stopped_at(self, role: Any, name: str, error: str) -> None:
        """The focus is on the field that is wrong, which says so and why; it is announced too."""
        field = self.find(role, name)
        expect(self.page.get_by_role("alert")).to_contain_text(error)
        expect(field).to_be_focused()
        self.is_wrong(field, error)
        assert self.page.title().startswith("Ошибка: ")

    def is_wrong(self, field: Locator, error: str) -> None:
        """The field is told to be wrong, and why."""
        described = field.evaluate(
            """field => {
                const told = field.closest("[aria-invalid=true]");
                return (told?.getAttribute("aria-describedby") ?? "").split(" ")
                    .map(id => document.getElementById(id)?.textContent ?? `no #${id}`).join(" ");
            }"""
        )
        assert error in described.replace("\xa0", " "), described

    def receipt(self, period: int, account: str, amount: str) -> None:
        """Period, account, amount."""
        group = self.page.get_by_role("radiogroup", name="Расчётный период", exact=True)
        radios = group.get_by_role("radio")
        chosen = radios.evaluate_all("all => Math.max(0, all.findIndex(radio => radio.checked))")
        self.to("radio", radios.nth(chosen).evaluate("radio => radio.labels[0].textContent.trim()"))
        self.page.keyboard.press("Space")
        for _ in range(abs(period - chosen)):
            self.page.keyboard.press("ArrowDown" if period > chosen else "ArrowUp")
        expect(radios.nth(period)).to_be_checked()
        self.type("Номер лицевого счёта", account)
        self.type("Сумма к оплате, ₽", amount)


def browse(chromium: Browser, site: Site, **how: Any) -> Page:
    """The first screen in a fresh browser."""
    context = chromium.new_context(viewport={"width": 390, "height": 800}, locale="ru-RU", **how)
    page = context.new_page()
    page.goto(site.url)
    return page
