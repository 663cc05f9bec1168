"""Residents who walk through a running cabinet over HTTP, whatever version of it answers."""

import re
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import requests

from cabinet.models import InboxItem
from cabinet.models.database import db
from cabinet.models.failures import AWAY
from tests.cast import PASSWORD, PERSON
from tests.deploy.front import token
from tests.waiting import until

DIGITS = re.compile(r"\b\d{6}\b")


def send(browser: requests.Session, page: requests.Response, url: str, **fields: object) -> requests.Response:
    """Fill in the form of a page."""
    files = {name: value for name, value in fields.items() if isinstance(value, tuple)}
    data = {"csrf_token": token(page.text), **{n: v for n, v in fields.items() if n not in files}}
    answer = browser.post(url, data=data, files=files or None)
    assert answer.status_code == 200, (url, answer.status_code, answer.text[-2000:])
    return answer


def digits_for(phone: str) -> str:
    """What stands in the SMS, once it has come; the database may be away meanwhile."""

    def came() -> str:
        with suppress(*AWAY), db.connection_context():
            item = InboxItem.select(InboxItem.text).where(InboxItem.to == phone).first()
            found = item and DIGITS.search(item.text)
            return found[0] if found else ""
        return ""

    return until(came, "no SMS came")


def register(browser: requests.Session, url: str, phone: str, receipt: dict[str, str]) -> None:
    """From the first page into the cabinet."""
    steps: dict[str, Callable[[], dict[str, object]]] = {
        "/": lambda: {"phone": phone, "consent": "y"},
        "/code": lambda: {"code": digits_for(phone)},
        "/register/account": lambda: dict(receipt),
        "/register/address": lambda: {"answer": "yes"},
        "/register/profile": lambda: dict(PERSON),
        "/register/password": lambda: {"password": PASSWORD},
    }
    _walk(browser, url, steps)


def sign_in(browser: requests.Session, url: str, phone: str) -> None:
    """By the password that was chosen then."""
    steps: dict[str, Callable[[], dict[str, object]]] = {
        "/": lambda: {"phone": phone, "consent": "y"},
        "/login/password": lambda: {"password": PASSWORD},
    }
    _walk(browser, url, steps)


def _walk(browser: requests.Session, url: str, steps: dict[str, Callable[[], dict[str, object]]]) -> None:
    page = browser.get(f"{url}/")
    for path, answers in steps.items():
        assert urlsplit(page.url).path == path, (page.url, page.status_code, page.text[-2000:])
        page = send(browser, page, url + path, **answers())
    assert urlsplit(page.url).path == "/home", page.text[-2000:]
