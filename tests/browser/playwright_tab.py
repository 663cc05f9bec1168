"""A tab of Chromium or Firefox, driven by Playwright."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.waiting import PATIENCE, until

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page


DROP = """(input, [name, data]) => {
    const files = new DataTransfer();
    files.items.add(new File([Uint8Array.from(atob(data), c => c.charCodeAt(0))], name));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}"""


class PlaywrightTab:
    """A tab of Chromium or Firefox."""

    def __init__(self, page: Page, framed: bool = True) -> None:
        self.page, self.framed = page, framed
        page.set_default_timeout(PATIENCE * 1000)

    def _where(self) -> Page | Frame:
        if not self.framed:
            return self.page

        def frame() -> Frame | None:
            element = self.page.query_selector("iframe")
            return element.content_frame() if element else None

        found = until(frame, "the page has no frame", page=self.page)
        assert found is not None
        return found

    def go(self, url: str) -> None:
        """Open an address."""
        self.page.goto(url)

    def reload(self) -> None:
        """Reload the page, and so its frame."""
        self.page.reload()

    def back(self) -> None:
        """One step back in the history of the tab."""
        self.page.evaluate("() => { history.back() }")

    def see(self, css: str, patience: float = PATIENCE) -> None:
        """Wait for it to be visible."""
        from playwright.sync_api import Error as PlaywrightError

        deadline = time.monotonic() + patience
        while True:
            try:
                self._where().wait_for_selector(css, timeout=2000)
                return
            except PlaywrightError:  # a frame that navigates or is replaced is looked up again
                if time.monotonic() > deadline:
                    raise AssertionError(f"{css} is not shown but: {self.words()}") from None

    def sees(self, css: str) -> bool:
        """Whether it is visible now."""
        return self._where().is_visible(css)

    def press(self, css: str) -> None:
        """Click it when it is there."""
        self.see(css)
        self._where().click(css)

    def fill(self, css: str, text: str) -> None:
        """Type into an empty field."""
        self.see(css)
        self._where().fill(css, text)

    def attach(self, css: str, path: Path) -> None:
        """Choose a file, however the field is covered; by a script in Firefox, whose driver cannot."""
        browser = self.page.context.browser
        if browser is None or browser.browser_type.name != "firefox":
            self._where().set_input_files(css, path)
            return
        data = base64.b64encode(path.read_bytes()).decode()
        self._where().eval_on_selector(css, DROP, [path.name, data])

    def words(self, css: str = "body") -> str:
        """The visible text, its unbreakable spaces plain."""
        return self._where().inner_text(css).replace("\xa0", " ")

    def run(self, body: str, inside: bool = False) -> Any:
        """Run the body of a function in the page itself, or inside its frame."""
        return (self._where() if inside else self.page).evaluate(f"() => {{ {body} }}")

    def press_for_tab(self, css: str) -> PlaywrightTab:
        """Click a link that opens a tab of its own, and go there."""
        with self.page.expect_popup() as opened:
            self.press(css)
        opened.value.wait_for_load_state()
        return PlaywrightTab(opened.value, framed=False)
