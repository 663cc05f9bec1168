"""WebKitGTK, driven by its own WebDriver in a window of ours on a screen of its own."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.waiting import PATIENCE, until

HOST = Path(__file__).with_name("wkhost.py")
SHOW = """
    const frame = document.querySelector("iframe"), [{y, height}] = arguments;
    const top = frame ? frame.getBoundingClientRect().top + y : 0;
    if (top < 0 || top + height > innerHeight) scrollBy(0, top - innerHeight / 2);
"""
FRAME_PLACE = "return JSON.stringify(document.querySelector('iframe')?.getBoundingClientRect())"


class WebKitTab:
    """A tab of WebKitGTK."""

    def __init__(self, browser: webdriver.WebKitGTK, handle: str, framed: bool = True) -> None:
        self.browser, self.handle, self.framed = browser, handle, framed

    def _page(self) -> webdriver.WebKitGTK:
        self.browser.switch_to.window(self.handle)
        self.browser.switch_to.default_content()
        return self.browser

    def _where(self) -> webdriver.WebKitGTK:
        page = self._page()
        if self.framed:
            frames = until(lambda: page.find_elements(By.CSS_SELECTOR, "iframe"), "the page has no frame")
            page.switch_to.frame(frames[0])
        return page

    def go(self, url: str) -> None:
        """Open an address."""
        self._page().get(url)

    def reload(self) -> None:
        """Reload the page, and so its frame."""
        self._page().refresh()

    def back(self) -> None:
        """One step back in the history of the tab."""
        self._page().execute_script("setTimeout(() => history.back())")

    def _find(self, css: str, patience: float = PATIENCE) -> WebElement:
        def visible() -> WebElement | None:
            with contextlib.suppress(WebDriverException):  # a frame that navigates loses its elements
                for element in self._where().find_elements(By.CSS_SELECTOR, css):
                    if element.is_displayed():
                        return element
            return None

        try:
            found = until(visible, patience=patience)
        except AssertionError:
            raise AssertionError(f"{css} is not shown but: {self.words()}") from None
        assert found is not None
        return found

    def _do(self, css: str, action: str, *arguments: str) -> None:
        def done() -> bool:
            with contextlib.suppress(WebDriverException):  # it is gone, or something lies above it yet
                getattr(self._find(css), action)(*arguments)
                return True
            return False

        until(done, f"{css} takes no {action}")

    def see(self, css: str, patience: float = PATIENCE) -> None:
        """Wait for it to be visible."""
        self._find(css, patience)

    def sees(self, css: str) -> bool:
        """Whether it is visible now."""
        return any(e.is_displayed() for e in self._where().find_elements(By.CSS_SELECTOR, css))

    def press(self, css: str) -> None:
        """Click it when it is there and stands still: a press that begins beside it is none."""
        places: list[object] = [None]

        def still() -> bool:
            places.append(self._place(css))
            return places[-1] is not None and places[-1] == places[-2]

        until(still, f"{css} does not stand still")
        self._do(css, "click")

    def _place(self, css: str) -> object:
        with contextlib.suppress(WebDriverException):  # it is gone, or its frame
            rect = self._find(css).rect
            page = self._page()
            page.execute_script(SHOW, rect)  # the driver scrolls the frame, not the page around it
            return page.execute_script(FRAME_PLACE), rect
        return None

    def fill(self, css: str, text: str) -> None:
        """Type into an empty field."""
        until(lambda: self._types(css, text), f"{css} does not take all that is typed")

    def _types(self, css: str, text: str) -> bool:
        """Type it; False if the first keys were lost, as of a frame that has the focus only just."""
        self._do(css, "clear")
        self.press(css)  # a frame takes the focus from a press of the person only
        self._do(css, "send_keys", text)
        with contextlib.suppress(WebDriverException):  # a whole code sends itself, and its field goes
            for field in self._where().find_elements(By.CSS_SELECTOR, css):
                taken = field.get_attribute("value") or ""
                return taken == text or not (taken and text.endswith(taken))
        return True

    def attach(self, css: str, path: Path) -> None:
        """Choose a file, however the field is covered."""
        self._where().find_element(By.CSS_SELECTOR, css).send_keys(str(path))

    def words(self, css: str = "body") -> str:
        """The visible text, its unbreakable spaces plain."""
        return str(self._where().find_element(By.CSS_SELECTOR, css).text).replace("\xa0", " ")

    def run(self, body: str, inside: bool = False) -> Any:
        """Run the body of a function in the page itself, or inside its frame."""
        return (self._where() if inside else self._page()).execute_script(body)

    def press_for_tab(self, css: str) -> "WebKitTab":
        """Click a link that opens a tab of its own, and go there."""
        before = set(self.browser.window_handles)
        self.press(css)
        opened = until(lambda: set(self.browser.window_handles) - before, "no tab was opened")
        return WebKitTab(self.browser, opened.pop(), framed=False)


@contextlib.contextmanager
def _display() -> Iterator[str]:
    """A screen of our own; its number is chosen by Xvfb, so that two runs do not meet."""
    reading, writing = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x2000x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        yield ":" + os.read(reading, 16).decode().strip()
    finally:
        os.close(reading)
        screen.terminate()
        screen.wait()


@contextlib.contextmanager
def webkit(folder: Path, cookies: str, javascript: bool, width: int) -> Iterator[WebKitTab]:
    """An empty tab of a fresh profile; `width` is of the window, CSS pixels."""
    with _display() as display:
        environment = {
            **os.environ,
            "DISPLAY": display,
            "GDK_BACKEND": "x11",
            "NO_AT_BRIDGE": "1",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
        }
        options = Options()
        options.binary_location = str(HOST)
        options.set_capability("browserName", "wkhost")
        flags = ["--log", f"--data={folder}/data"]
        flags += ["--itp"] if cookies == "itp" else []
        flags += [] if javascript else ["--no-js"]
        for flag in flags:
            options.add_argument(flag)
        service = Service(
            shutil.which("WebKitWebDriver"), log_output=str(folder / "driver.log"), env=environment
        )
        browser = webdriver.WebKitGTK(options=options, service=service)
        browser.set_page_load_timeout(PATIENCE)
        try:
            browser.set_window_rect(0, 0, width, 900)
            yield WebKitTab(browser, browser.current_window_handle)
        finally:
            browser.quit()
