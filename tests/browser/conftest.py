"""The real server and worker as in production, a page on another site that embeds them, a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.browser.engines import Engine, Tab, tab
from tests.browser.framed import CHROMIUM, EVERY
from tests.browser.people import Seeded, resident_of
from tests.browser.screens import Embedded
from tests.browser.secure import Sites, running_secure
from tests.browser.site import Site, chromium_path, launched, running
from tests.missing import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests."""
    path = chromium_path()
    if path is None:
        missing("no browser: install chromium")
    with launched(path) as browser:
        yield browser


@pytest.fixture(scope="session")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The running system, one for all tests."""
    with running(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The running system over HTTPS, on the company's site and on another, one for all tests."""
    if not shutil.which("openssl"):
        missing("no openssl to make a certificate with")
    with running_secure(tmp_path_factory.mktemp("secure")) as sites:
        yield sites


@pytest.fixture(params=[360, 1280], ids=["360px", "1280px"])
def width(request: pytest.FixtureRequest) -> int:
    """Width of the window, CSS pixels."""
    return int(request.param)


@pytest.fixture(params=[True, False], ids=["js", "no-js"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs JavaScript."""
    return bool(request.param)


@pytest.fixture
def context(chromium: Browser, width: int, javascript: bool) -> Iterator[BrowserContext]:
    """A fresh profile. A message of error in the console, a breach of the policy included, fails the test."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=javascript, locale="ru-RU"
    )
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    context.on("console", note)
    context.on("weberror", lambda e: complaints.append(str(e.error)))
    yield context
    context.close()
    # refused forms answer 422 and 429, which browsers note
    assert not [text for text in complaints if not re.search(r"status of 4(22|29)", text)]


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab."""
    return context.new_page()


@pytest.fixture
def embedded(page: Page, site: Site) -> Embedded:
    """The cabinet in the frame of another site's page."""
    page.goto(site.embedding)
    return Embedded(page, page.frame_locator("iframe[name=cabinet]"))


@pytest.fixture
def sms_code(site: Site) -> Callable[..., str]:
    """Waits for the newest code sent to a phone (E.164), as the demonstration's inbox shows it."""
    return site.sms_code


@pytest.fixture
def resident(site: Site) -> Seeded:
    """A resident with one address, the e-mail not confirmed."""
    return resident_of(site)


@pytest.fixture(params=EVERY)
def its_engine(request: pytest.FixtureRequest) -> Engine:
    """That of the `opened` tab: each in turn."""
    engine: Engine = request.param
    return engine


@pytest.fixture
def opened(its_engine: Engine) -> Iterator[Tab]:
    """An empty tab of each engine."""
    with empty_tab(its_engine) as found:
        yield found


@pytest.fixture
def chromium_tab() -> Iterator[Tab]:
    """An empty tab of Chromium alone, where the engine makes no difference."""
    with empty_tab(CHROMIUM) as found:
        yield found


@contextmanager
def empty_tab(engine: Engine) -> Iterator[Tab]:
    """A tab of this engine, which may be missing here."""
    if engine.missing():
        missing(engine.missing())
    with tab(engine) as found:
        yield found
