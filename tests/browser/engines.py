"""Three browser engines under one small interface: what a resident does in a frame on somebody's page.

Chromium and Firefox ESR are driven by Playwright, WebKitGTK by its own WebDriver in a window of ours; each as
installed, with a fresh profile, and believing any certificate.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tests.browser.playwright_tab import PlaywrightTab
from tests.browser.site import ARGUMENTS, chromium_path, driver
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


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
    def attach(self, css: str, path: Path) -> None: ...
    def words(self, css: str = "body") -> str: ...
    def run(self, body: str, inside: bool = False) -> Any: ...
    def press_for_tab(self, css: str) -> Tab: ...


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
def _webkit(folder: Path, cookies: str, javascript: bool, width: int) -> Iterator[Tab]:
    from tests.browser.webkit_tab import webkit  # here, for Selenium takes long to import

    with webkit(folder, cookies, javascript, width) as tab:
        yield tab
