"""What the cabinet gives to sites that embed it: the script, the accent, the look, a way back to the step."""

import gzip
from typing import Any

import brotli
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from cabinet.models import Device, Message, WebSession
from cabinet.web import assets, bundle
from config import Settings
from config_check import problems
from config_demo import DEMO_ANCESTORS
from tests.cast import PASSWORD, TYPED, resident
from tests.journeys import to_code
from tests.markup import one
from tests.placing import at_account
from tests.visitor import Visitor

FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}


def test_the_script_is_small_and_fresh_within_minutes(client: FlaskClient) -> None:
    answer = client.get("/embed.js", headers={"Accept-Encoding": "gzip, deflate, br"})
    assert answer.mimetype == "text/javascript" and "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Encoding"] == "br" and len(answer.data) <= 3000
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert "Accept-Encoding" in answer.headers["Vary"]
    again = client.get(
        "/embed.js", headers={"If-None-Match": answer.headers["ETag"], "Accept-Encoding": "br"}
    )
    assert again.status_code == 304 and not again.data
    other = client.get("/embed.js", headers={"If-None-Match": '"another"', "Accept-Encoding": "br"})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "unpack"),
    [("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes), ("", bytes)],
)
def test_the_script_is_the_same_in_every_encoding(client: FlaskClient, accepted: str, unpack: Any) -> None:
    answer = client.get("/embed.js", headers={"Accept-Encoding": accepted})
    assert unpack(answer.data) == bundle.sources(assets.SOURCE)["embed.js"]
    assert answer.headers.get("Content-Encoding", accepted or None) in (accepted or None, "identity", None)


def test_any_accent_is_made_to_read(client: FlaskClient) -> None:
    sheet = client.get("/accent/ffff00")
    assert sheet.mimetype == "text/css" and "immutable" in sheet.headers["Cache-Control"]
    assert "--accent: #ffff00" in sheet.text and "--on-accent: #000000" in sheet.text
    assert "--accent-text: #ffff00" not in sheet.text.split("@media")[0], "yellow on white does not read"
    for junk in ("red", "fff", "ffff0g", "ffff00;}", "1f5fd6.css", "%7D"):
        assert client.get(f"/accent/{junk}").status_code == 404


@pytest.mark.parametrize(
    "wrong", ["*", "https:", "https://a.ru/path", "a.ru", "'none'", "https://a.ru;", "https://*"]
)
def test_ancestors_that_are_no_origins_forbid_a_start(wrong: str) -> None:
    assert any("FRAME_ANCESTORS" in p for p in problems(Settings(testing=True, frame_ancestors=(wrong,))))


@pytest.mark.parametrize(
    "right", ["https://www.a.ru", "https://*.a.ru", "http://localhost:*", "https://a.ru:8443"]
)
def test_ancestors_that_are(right: str) -> None:
    assert not problems(Settings(testing=True, frame_ancestors=(right,)))


def test_a_demonstration_may_be_framed_from_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO", "1")
    monkeypatch.delenv("FRAME_ANCESTORS", raising=False)
    assert Settings.from_env().frame_ancestors == DEMO_ANCESTORS
    monkeypatch.setenv("FRAME_ANCESTORS", "https://www.a.ru")
    assert Settings.from_env().frame_ancestors == ("https://www.a.ru",)
    monkeypatch.setenv("DEMO", "0")
    monkeypatch.delenv("FRAME_ANCESTORS")
    assert Settings.from_env().frame_ancestors == ()


@pytest.mark.settings(frame_ancestors=("https://www.a.ru", "https://a.ru"))
def test_a_page_names_those_who_may_be_told_its_height(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/").text, "html.parser")
    assert one(page, "meta[name=embedders]")["content"] == "https://www.a.ru https://a.ru"
    assert one(page, "#step")["data-step"] == "entry/phone"


def test_static_files_are_framed_by_nobody(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        policy = client.get(assets.asset("favicon.svg")).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("theme=dark", 'data-theme="dark"'),
        ("lang=en", 'lang="en"'),
        ("accent=aa3300", "/accent/aa3300"),
        ("theme=dark&accent=aa3300", "?lang=en&amp;theme=dark&amp;accent=aa3300"),
    ],
)
def test_what_the_page_asks_for_is_kept(client: FlaskClient, query: str, shown: str) -> None:
    assert shown in client.get(f"/?{query}", headers=FRAME).text
    if "lang" not in query:
        assert shown in client.get("/", headers=FRAME).text


@pytest.mark.parametrize(
    "query", ["theme=light&lang=ru&accent=1f5fd6", "theme=red&lang=xx&accent=%22%3E%3Cscript"]
)
def test_what_would_be_so_anyway_costs_no_row(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/?{query}", headers={**FRAME, "Accept-Language": "ru"})
    assert WebSession.select().count() == 0 and "<script>" not in answer.text


def test_a_frame_loaded_anew_goes_on_where_it_was(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_account(visitor)
    visitor.client.environ_base |= {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in FRAME.items()}
    visitor.get("/")
    assert visitor.path == "/register/account"
    visitor.client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    visitor.get("/")
    assert visitor.path == "/", "a link of our own changes the phone"


def test_the_code_is_asked_for_again_only_while_it_lives(visitor: Visitor) -> None:
    to_code(visitor)
    visitor.client.environ_base |= {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in FRAME.items()}
    visitor.get("/")
    assert visitor.path == "/code"


def test_without_cookies_the_device_is_known_by_a_header(app: Flask) -> None:
    user = resident()
    client = app.test_client(use_cookies=False)

    def sign_in(device: str | None) -> str:
        token = client.get("/session").get_json()["token"]
        headers = {"HX-Request": "true", "X-Cabinet-Device": device or ""}
        for address, data in (("/", {"phone": TYPED}), ("/login/password", {"password": PASSWORD})):
            answer = client.post(address, data=data, headers={**headers, "X-Cabinet-Session": token})
            token = answer.headers["X-Cabinet-Session"]
        assert "Set-Cookie" not in answer.headers
        return answer.headers["X-Cabinet-Device"]

    first = sign_in(None)
    assert sign_in(first) == first
    assert Device.select().where(Device.user == user).count() == 1
    assert not Message.select().where(Message.template == "new_device").exists()
    assert sign_in("x" * 10**4) != first
    assert Device.select().where(Device.user == user).count() == 2


def test_a_header_does_not_speak_for_a_browser_with_cookies(app: Flask) -> None:
    resident()
    visitor = Visitor(app)
    visitor.get("/")
    visitor.fill_and_submit(phone=TYPED)
    answer = visitor.client.post(
        "/login/password",
        data={"password": PASSWORD, "csrf_token": visitor.value("csrf_token")},
        headers={"X-Cabinet-Device": "d" * 43},
    )
    assert "X-Cabinet-Device" not in answer.headers and "X-Cabinet-Session" not in answer.headers
    assert any(c.startswith("device=") for c in answer.headers.getlist("Set-Cookie"))
