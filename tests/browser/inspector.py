"""Looks at a page as an accessibility audit would: axe, sizes of targets, narrow windows, large text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.expect import expect

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page


ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # all that the dark may change
HEIGHT, PHONE, DESKTOP = 800, 360, 1280
DESKS = (768, 1280, 1920)
ZOOMED = (280, 320)  # 320 is a window of 1280 at 400 %
BUSY = "[aria-busy=true], .htmx-request, .htmx-swapping, .htmx-settling"
LEAST = 44  # px, of whatever is pressed

AXE = """async only => {
    const { violations } = await axe.run(document, {
        runOnly: only, resultTypes: ["violations"], iframes: false,
    });
    return violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target} — ${
        [...node.any, ...node.all, ...node.none].map(check => check.message).join(" ")}`));
}"""
# a link in a sentence is as high as its line, and a label belongs to what it labels
SMALL = """least => {
    const shown = element => element.checkVisibility({ visibilityProperty: true })
        && !element.closest(".visually-hidden, [aria-hidden=true]");
    const inSentence = link => link.matches("a") && getComputedStyle(link).display === "inline"
        && [...link.parentNode.childNodes].some(n => n !== link && /[\\p{L}\\d]{2}/u.test(n.textContent));
    const small = [];
    for (const target of document.querySelectorAll(
        "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]")) {
        if (!shown(target) || inSentence(target)) continue;
        const boxes = [target, ...(target.labels ?? [])].map(part => part.getBoundingClientRect());
        const own = target.matches("[type=checkbox], [type=radio]") ? boxes : boxes.slice(0, 1);
        const width = Math.max(...own.map(b => b.right)) - Math.min(...own.map(b => b.left));
        const height = Math.max(...own.map(b => b.bottom)) - Math.min(...own.map(b => b.top));
        if (width < least - .5 || height < least - .5) {
            small.push(`${target.outerHTML.slice(0, 120)} is ${width.toFixed(1)} x ${height.toFixed(1)}`);
        }
    }
    return small;
}"""
# what is wide may scroll in a region of its own that the keyboard reaches; nothing may be cut off
OVERFLOW = """() => {
    const wrong = [], root = document.documentElement;
    const reached = element => element.tabIndex >= 0 || element.querySelector("a[href], button");
    const name = element => element.outerHTML.slice(0, 100);
    if (root.scrollWidth > innerWidth) wrong.push(`the page is ${root.scrollWidth} wide in ${innerWidth}`);
    for (const element of document.body.querySelectorAll("*")) {
        if (!element.checkVisibility() || element.closest(".visually-hidden, svg, [aria-hidden=true]")) {
            continue;
        }
        const { overflowX: x, overflowY: y, display, fontSize } = getComputedStyle(element);
        const regions = ".staff__table, .staff__nav, .receipts, .scroll, .prose, .code";
        const scroller = element.parentElement.closest(regions);
        const box = element.getBoundingClientRect();
        if (!scroller && box.width && (box.right > innerWidth + 1 || box.left < -1)) {
            wrong.push(`${name(element)} ends at ${box.right.toFixed(0)} of ${innerWidth}`);
        }
        if (element.matches("input, textarea, select, .code")) {
            const ticked = element.matches("[type=radio], [type=checkbox]");
            if (!ticked && element.clientHeight < parseFloat(fontSize)) {
                wrong.push(`${name(element)} is lower than its text`);
            }
            continue;
        }
        if (display === "inline") continue;
        const wide = element.scrollWidth > element.clientWidth + 1;
        const high = element.scrollHeight > element.clientHeight + 1;
        if (wide && /hidden|clip/.test(x) || high && /hidden|clip/.test(y)) {
            wrong.push(`${name(element)} is cut off`);
        }
        if ((wide && /auto|scroll/.test(x) || high && /auto|scroll/.test(y)) && !reached(element)) {
            wrong.push(`${name(element)} scrolls, and the keyboard does not reach it`);
        }
        const words = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (wide && x === "visible" && words && !scroller) {
            wrong.push(`${name(element)}: the text is wider than its box`);
        }
    }
    return wrong;
}"""

# the distances of WCAG's 1.4.12, which a reader may set
SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { letter-spacing: .12em !important; word-spacing: .16em !important;
        line-height: 1.5 !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
}"""


def examined(frame: Frame) -> list[str]:
    """What axe finds in a page or a frame as it is now."""
    from axe_playwright_python.base import AXE_SCRIPT

    if not frame.evaluate("() => 'axe' in window"):
        frame.evaluate(AXE_SCRIPT + "; null")  # by the protocol of the browser, which no policy forbids
    found: list[str] = frame.evaluate(AXE, ALL)
    return found


class Inspector:
    """Collects what is wrong with the pages it is shown."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size({"width": PHONE, "height": HEIGHT})

    def look(self, screen: str, busy: bool = False) -> None:
        """Inspect what is on the screen now, in light and dark, narrow and wide; it is left as it was.

        Unless the screen is to be seen `busy`, wait until it is not.
        """
        page = self.page
        if not busy:
            expect(page.locator(BUSY)).to_have_count(0)
        found = {"light": examined(page.main_frame), f"{PHONE} px": page.evaluate(SMALL, LEAST)}
        self._large_text(found)
        for width in ZOOMED:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found[f"{width} px wide"] = page.evaluate(OVERFLOW)
        page.evaluate(SPACED)
        found["text spaced"] = page.evaluate(OVERFLOW)
        page.evaluate("() => { document.adoptedStyleSheets = [] }")
        page.set_viewport_size({"width": DESKTOP, "height": HEIGHT})
        page.emulate_media(color_scheme="dark")
        found["dark, wide"] = [*page.evaluate(AXE, COLOURS), *page.evaluate(SMALL, LEAST)]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": PHONE, "height": HEIGHT})
        self.faults += [f"{screen} ({how}): {fault}" for how, faults in found.items() for fault in faults]

    def look_at_desks(self, screen: str) -> None:
        """Inspect what is on the screen now as on a tablet, a notebook and a large screen, light and dark."""
        page = self.page
        expect(page.locator(BUSY)).to_have_count(0)
        for width in DESKS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found = {"light": examined(page.main_frame), "room": page.evaluate(OVERFLOW)}
            page.emulate_media(color_scheme="dark")
            found["dark"] = page.evaluate(AXE, COLOURS)
            page.emulate_media(color_scheme="light")
            self.faults += [
                f"{screen} ({how}, {width}): {fault}" for how, faults in found.items() for fault in faults
            ]

    def _large_text(self, found: dict[str, list[str]]) -> None:
        """Text twice as large, as whoever sets it so in the browser reads."""
        found["text at 200 %"] = self.page.evaluate(
            """() => {
                const size = getComputedStyle(document.querySelector("h1")).fontSize;
                document.documentElement.style.fontSize = "200%";
                return size === getComputedStyle(document.querySelector("h1")).fontSize
                    ? ["the text does not grow"] : [];
            }"""
        )
        found["text at 200 %"] += self.page.evaluate(OVERFLOW)
        self.page.evaluate("() => { document.documentElement.style.fontSize = '' }")

    def assert_nothing_wrong(self) -> None:
        """Fails with everything that was found, each once."""
        assert not self.faults, f"{len(self.faults)} faults:\n" + "\n".join(dict.fromkeys(self.faults))
