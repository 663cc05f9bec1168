"""Three browser engines under one small interface: what a resident does in a frame on somebody's page.

Chromium and Firefox ESR are driven by Playwright, WebKitGTK by its own WebDriver in a window of ours; each as
installed, with a fresh profile, and believing any certificate.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import BrowserContext, Frame, Page
from playwright.sync_api import Error as PlaywrightError
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.site import ARGUMENTS, chromium_path, driver
from tests.waiting import PATIENCE, until

HOST = Path(__file__).with_name("wkhost.py")
# Chromium's preferences; what "allowed" says is Chrome's default, though not Debian's
CHROMIUM_COOKIES: dict[str, dict[str, Any]] = {
    "default": {"cookie_controls_mode": 0, "block_third_party_cookies": False},
    "third-party-blocked": {"cookie_controls_mode": 1, "block_third_party_cookies": True},
    "all-blocked": {"default_content_setting_values": {"cookies": 2}},
}
FIREFOX_COOKIES = {"default": 5, "third-party-blocked": 1}
FIREFOX_PREFERENCES = {
    "fission.webContentIsolationStrategy": 0,  # else mouse and keys do not reach a frame of another process
    "browser.sessionhistory.max_total_viewers": 0,  # else Back to a page kept in memory never returns
}


@dataclass(frozen=True)
class Engine:
    """A browser with its policy of cookies: "default", "third-party-blocked", "all-blocked" or "itp"."""

    name: str
    cookies: str = "default"

    def missing(self) -> str:
        """What must be installed for it; empty if it is there."""
        if self.name == "chromium":
            return "" if chromium_path() else "no browser: install chromium"
        if self.name == "firefox":
            return "" if _firefox() else "no Firefox: install firefox-esr"
        found = all(map(shutil.which, ("WebKitWebDriver", "Xvfb"))) and _webkit_for_python()
        packages = "webkit2gtk-driver xvfb python3-gi gir1.2-webkit2-4.1"
        return "" if found else f"no WebKit: install {packages}"


class Tab(Protocol):
    """A page in a tab. A selector is looked for in its frame, or in the page itself if `framed` is off."""

    framed: bool

    def go(self, url: str) -> None: ...
    def reload(self) -> None: ...
    def back(self) -> None: ...
    def see(self, css: str, patience: float = PATIENCE) -> None: ...
    def sees(self, css: str) -> bool: ...
    def press(self, css: str) -> None: ...
    def fill(self, css: str, text: str) -> None: ...
    def words(self, css: str = "body") -> str: ...
    def run(self, body: str, inside: bool = False) -> Any: ...
    def press_for_tab(self, css: str) -> "Tab": ...


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

    def words(self, css: str = "body") -> str:
        """The visible text, its unbreakable spaces plain."""
        return self._where().inner_text(css).replace("\xa0", " ")

    def run(self, body: str, inside: bool = False) -> Any:
        """Run the body of a function in the page itself, or inside its frame."""
        return (self._where() if inside else self.page).evaluate(f"() => {{ {body} }}")

    def press_for_tab(self, css: str) -> "PlaywrightTab":
        """Click a link that opens a tab of its own, and go there."""
        with self.page.expect_popup() as opened:
            self.press(css)
        opened.value.wait_for_load_state()
        return PlaywrightTab(opened.value, framed=False)


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
        """Click it when it is there."""
        self._do(css, "click")

    def fill(self, css: str, text: str) -> None:
        """Type into an empty field."""
        self._do(css, "clear")
        self._do(css, "click")  # a frame takes the focus from a press of the person only
        self._do(css, "send_keys", text)

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
def tab(engine: Engine, javascript: bool = True, width: int = 800) -> Iterator[Tab]:
    """An empty tab of a browser with a fresh profile; `width` is of the window, CSS pixels."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        opened = {"chromium": _chromium, "firefox": _firefox_tab, "webkit": _webkit}[engine.name]
        with opened(Path(name), engine.cookies, javascript, width) as found:
            yield found


@contextlib.contextmanager
def _chromium(folder: Path, cookies: str, javascript: bool, width: int) -> Iterator[Tab]:
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text(json.dumps({"profile": CHROMIUM_COOKIES[cookies]}))
    with driver() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(folder),
            executable_path=chromium_path(),
            args=ARGUMENTS,
            ignore_https_errors=True,
            java_script_enabled=javascript,
            locale="ru-RU",
            viewport={"width": width, "height": 900},
        )
        yield PlaywrightTab(context.new_page())
        context.close()


def _firefox() -> str | None:
    return os.environ.get("FIREFOX") or shutil.which("firefox-esr")


@contextlib.contextmanager
def _firefox_tab(_folder: Path, cookies: str, javascript: bool, width: int) -> Iterator[Tab]:
    preferences: dict[str, str | float | bool] = {
        "network.cookie.cookieBehavior": FIREFOX_COOKIES[cookies],
        **FIREFOX_PREFERENCES,
    }
    with driver() as playwright:
        browser = playwright.firefox.launch(
            channel="moz-firefox", executable_path=_firefox(), firefox_user_prefs=preferences
        )
        context: BrowserContext = browser.new_context(
            ignore_https_errors=True, locale="ru-RU", viewport={"width": width, "height": 900}
        )
        if not javascript:  # it has no such switch here: the scripts do not come, inline ones the policy bars
            context.route("**/*.js", lambda route: route.abort())
        yield PlaywrightTab(context.new_page())
        browser.close()


def _webkit_for_python() -> bool:
    check = "import gi; gi.require_version('WebKit2', '4.1')"
    with contextlib.suppress(OSError):
        return subprocess.run(["/usr/bin/python3", "-c", check], capture_output=True).returncode == 0
    return False


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
def _webkit(folder: Path, cookies: str, javascript: bool, width: int) -> Iterator[Tab]:
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
