"""The session's cookie: its attributes, and when none is given."""

import re
from typing import Any

import pytest
from flask import Flask

from cabinet.models import WebSession
from tests.cast import TYPED
from tests.visitor import Visitor


def _attributes(app: Flask, **options: Any) -> set[str]:
    answer = app.test_client().get("/", **options)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert re.fullmatch(r"(__Host-)?cabinet=[\w-]{43}\.[0-9a-f]{24}", cookie.split("; ")[0])
    assert len(cookie) < 4096
    return {cookie.split("=")[0], *cookie.split("; ")[1:]}


def test_the_cookie_on_the_companys_own_site(app: Flask) -> None:
    assert _attributes(app) == {"cabinet", "HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.mark.settings(public_url="https://lk.example.ru")
def test_the_cookie_over_https(app: Flask) -> None:
    assert _attributes(app) == {"__Host-cabinet", "Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.mark.settings(public_url="https://lk.example.ru", cookie_mode="cross-site")
def test_the_cookie_on_another_site(app: Flask) -> None:
    assert _attributes(app) == {
        "__Host-cabinet",
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=None",
        "Partitioned",
    }


def test_pages_differ_by_cookie_and_header(client: Any) -> None:
    vary = client.get("/").headers["Vary"]
    assert "Cookie" in vary and "X-Cabinet-Session" in vary and "HX-Request" in vary


def test_without_any_token_the_page_says_why(app: Flask) -> None:
    frame = Visitor(app, cookies=False)
    frame.get("/")
    answer = frame.client.post(
        "/", data={"phone": TYPED, "consent": "y", "csrf_token": frame.value("csrf_token")}
    )
    assert answer.status_code == 400
    assert "Браузер не сохраняет cookie" in answer.get_data(as_text=True).replace("\xa0", " ")
    assert WebSession.select().count() == 0


def test_the_token_is_given_only_where_the_cookie_does_not_work(app: Flask, visitor: Visitor) -> None:
    visitor.get("/")
    assert visitor.client.get("/session").status_code == 204
    stranger = app.test_client(use_cookies=False).get("/session")
    assert stranger.get_json()["token"] and "Set-Cookie" not in stranger.headers
    assert stranger.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://www.stranger.example"}]
)
def test_a_foreign_form_does_not_replace_the_session(client: Any, headers: dict[str, str]) -> None:
    """It comes without the visitor's cookie (SameSite=Lax); a cookie in the answer would sign them out."""
    answer = client.post("/", data={"phone": "+79161234567"}, headers=headers)
    assert answer.status_code == 400 and "Set-Cookie" not in answer.headers
