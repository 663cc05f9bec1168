"""The first page is made once for each look, and says nothing of who looked at it."""

import re
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cabinet.web import kept_pages
from tests.cast import TYPED
from tests.visitor import Visitor

TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]+')
LOOKS = [
    (query, {**dest, **by, "Accept-Language": language})
    for query, dest, by, language in product(
        ("", "?lang=en", "?theme=dark", "?accent=ff0000&theme=light"),
        ({}, {"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-Dest": "document"}),
        ({}, {"HX-Request": "true"}),
        ("ru", "en"),
    )
]


def body(client: FlaskClient, query: str, headers: dict[str, str]) -> str:
    answer = client.get("/" + query, headers=headers)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "Cookie"} <= set(answer.headers["Vary"].split(", "))
    return answer.text


def test_what_was_made_before_is_what_would_be_made_now(app: Flask) -> None:
    fresh = {}
    for number, (query, headers) in enumerate(LOOKS):
        app.extensions.pop("kept_pages", None)
        fresh[number] = body(app.test_client(), query, headers)
    for _ in range(2):
        for number, (query, headers) in enumerate(LOOKS):
            again = body(app.test_client(), query, headers)
            assert TOKEN.sub("", again) == TOKEN.sub("", fresh[number]), (query, headers)
            assert TOKEN.findall(again) != TOKEN.findall(fresh[number]) != []


def test_who_comes_back_gets_their_own(app: Flask) -> None:
    client = app.test_client()
    first, second = body(client, "", {}), body(client, "", {})
    assert 'data-session="new"' in first and 'data-session="new"' not in second
    assert kept_pages.TOKEN not in first + second


def test_what_one_typed_no_other_sees(app: Flask, guest: Visitor) -> None:
    guest.get("/")
    guest.fill_and_submit(phone=TYPED, consent="y")
    guest.get("/")
    assert guest.value("phone") == TYPED
    other = Visitor(app)
    for _ in range(2):
        other.get("/")
        assert not other.value("phone") and TYPED not in other.text


def test_made_up_looks_do_not_fill_the_memory(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pages, "MOST_KEPT", 3)
    for number in range(10):
        body(app.test_client(), f"?accent={number:06x}", {})
    assert len(app.extensions["kept_pages"]) <= 3
