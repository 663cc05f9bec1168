"""The demonstration's pages: the inbox and what the company's page tells of it."""

import re

import peewee
import pytest

from cabinet.models import InboxItem
from cabinet.models.database import db
from tests.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.settings(demo=True)
HTMX = {"HX-Request": "true"}


def arrive(text: str, html: str = "") -> int:
    """Something comes into the inbox."""
    with db.atomic():
        kind = "mail" if html else "sms"
        return int(InboxItem.create(kind=kind, to="+79161234567", text=text, html=html).id)


def test_the_companys_page_counts_what_came_since_it_was_opened(
    guest: Visitor, database: peewee.Database
) -> None:
    arrive("прежнее")
    page = guest.client.get("/demo", base_url=ORIGIN).get_data(as_text=True)
    address = re.search(r'hx-get="(/demo/inbox/since/\d+)"', page)
    assert address and "Входящие (" not in page
    assert guest.client.get(address[1], base_url=ORIGIN, headers=HTMX).status_code == 204
    arrive("код 111111")
    arrive("код 222222")
    news = guest.client.get(address[1], base_url=ORIGIN, headers=HTMX).get_data(as_text=True)
    assert "Входящие (2)" in news and "код 222222" in news and "прежнее" not in news


def test_the_inbox_comes_again_only_with_more_in_it(guest: Visitor, database: peewee.Database) -> None:
    arrive("одно")
    page = guest.client.get("/demo/inbox", base_url=ORIGIN).get_data(as_text=True)
    address = re.search(r'hx-get="(/demo/inbox[^"]*)"', page)
    assert address and guest.client.get(address[1], base_url=ORIGIN, headers=HTMX).status_code == 204
    arrive("другое")
    assert "другое" in guest.client.get(address[1], base_url=ORIGIN, headers=HTMX).get_data(as_text=True)


def test_a_letter_is_shown_as_mail_programs_show_it(guest: Visitor, database: peewee.Database) -> None:
    number = arrive("Текст", "<html><head></head><body><h1 style='color: red'>Письмо</h1></body></html>")
    assert f"/demo/inbox/{number}" in guest.client.get("/demo/inbox", base_url=ORIGIN).get_data(as_text=True)
    letter = guest.client.get(f"/demo/inbox/{number}", base_url=ORIGIN)
    policy = letter.headers["Content-Security-Policy"]
    assert "Письмо" in letter.get_data(as_text=True) and "script-src" not in policy and "sandbox" in policy
    assert guest.client.get(f"/demo/inbox/{arrive('код')}", base_url=ORIGIN).status_code == 404
