"""Behind an address that has used up its codes a browser works for one; without scripts the limit stays."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

import pytest

from tests.browser.expect import expect
from tests.browser.people import new_phone
from tests.browser.screens import Embedded
from tests.browser.site import WIDE_LIMITS, Site
from tests.waiting import PATIENCE


@pytest.fixture
def full_network(site: Site) -> Iterator[None]:
    """This machine's address has used up its SMS of the hour."""
    assert "SMS_PER_IP_HOUR" in WIDE_LIMITS
    most = int(site.environment["SMS_PER_IP_HOUR"])
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    database = site.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(database, timeout=PATIENCE) as connection:
        connection.executemany(
            "INSERT INTO attempt (kind, subject, at) VALUES ('sms-ip', '127.0.0.1', ?)", [(stamp,)] * most
        )
    yield
    with sqlite3.connect(database, timeout=PATIENCE) as connection:
        connection.execute("DELETE FROM attempt WHERE kind = 'sms-ip'")


def test_the_browser_works_for_its_code(embedded: Embedded, full_network: None, javascript: bool) -> None:
    frame = embedded.frame
    frame.get_by_label("Номер телефона").fill(new_phone())
    frame.get_by_role("checkbox").check()
    frame.get_by_role("button", name="Далее").click()
    if javascript:
        expect(frame.get_by_label("Код из СМС")).to_be_visible()
    else:
        expect(frame.get_by_text("Новый код можно запросить").first).to_be_visible()
