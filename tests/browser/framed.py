"""A page of the company with the cabinet in a frame, in a tab of any engine."""

import random

import pytest

from tests.browser.engines import Engine, Tab
from tests.browser.secure import Sites, write_page

CHROMIUM = Engine("chromium", "third-party-blocked")
EVERY = [
    pytest.param(CHROMIUM, id="chromium"),
    pytest.param(Engine("firefox"), id="firefox"),
    pytest.param(Engine("webkit"), id="webkit"),
]
HEIGHT = "return document.querySelector('iframe').offsetHeight"
INNER = "return Math.ceil(document.body.getBoundingClientRect().height)"


def put(sites: Sites, body: str, name: str = "lax") -> str:
    """Put a page on the company's site and return its address; one named lax… has no policy of its own."""
    file = f"{name}-{random.randrange(10**9)}.html"
    write_page(sites.pages / file, body)
    return f"{sites.company}/{file}"


def to_code(where: Tab, phone: str = "") -> None:
    """Past the first screen, to the code."""
    where.fill("#phone", phone or f"+7916{random.randrange(10**7):07d}")
    where.press("#consent")
    where.press("form[action='/'] .button")
    where.see("#code")
