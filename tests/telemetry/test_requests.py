"""One line a request: what it says, under which id, whatever fails."""

import io
import json
import re
import sys
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cabinet.telemetry import cause, events
from cabinet.web.figures import shared
from tests.cast import PHONE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
JSON = pytest.mark.settings(log_format="json")
BEHIND_PROXY = pytest.mark.settings(log_format="json", trusted_proxies=1)
GIVEN = "4f1c2ad09b7e4f1c2ad09b7e4f1c2ad0"


def lines_of(log: list[str], event: str) -> list[dict[str, Any]]:
    """The lines of an event, as objects."""
    return [found for found in map(json.loads, log) if found["event"] == event]


@JSON
def test_a_request_is_one_line_that_names_the_rule_and_the_network(
    client: FlaskClient, log_lines: list[str]
) -> None:
    answer = client.get(f"/terms/{PHONE}?q={PHONE}", environ_base={"REMOTE_ADDR": "192.0.2.77"})
    (line,) = lines_of(log_lines, "request")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line.pop("ms") > 0
    assert line == {
        "level": "info",
        "event": "request",
        "method": "GET",
        "route": "/terms/<version>",
        "status": 404,
        "client": "192.0.2.0/24",
        "request_id": answer.headers["X-Request-ID"],
    }
    assert not cause.current()


@JSON
def test_an_unknown_address_and_a_made_up_method_have_no_names(
    client: FlaskClient, log_lines: list[str]
) -> None:
    client.get(f"/{PHONE}")
    client.open("/", method="IVANOVA")
    assert [(line["method"], line["route"], line["status"]) for line in lines_of(log_lines, "request")] == [
        ("GET", "none", 404),
        ("other", "none", 405),
    ]


@BEHIND_PROXY
def test_a_trusted_proxy_may_name_the_request(client: FlaskClient, log_lines: list[str]) -> None:
    for given, taken in ((GIVEN, True), ("79161234567", False), ("a b" * 9, False), ("x" * 65, False)):
        answer = client.get("/healthz", headers={"X-Request-ID": given})
        assert (answer.headers["X-Request-ID"] == given) is taken
        assert lines_of(log_lines, "request")[-1]["request_id"] == answer.headers["X-Request-ID"]


def test_nobody_else_may(client: FlaskClient) -> None:
    seen = {client.get("/healthz", headers={"X-Request-ID": GIVEN}).headers["X-Request-ID"] for _ in range(9)}
    assert GIVEN not in seen and len(seen) == 9


@pytest.fixture
def broken(app: Flask) -> FlaskClient:
    """A browser at a page with a bug that quotes somebody."""

    def fail() -> str:
        raise RuntimeError(PHONE)

    app.add_url_rule("/broken", view_func=fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


@JSON
def test_the_error_page_names_the_request(broken: FlaskClient, log_lines: list[str]) -> None:
    answer = broken.get("/broken")
    name = answer.headers["X-Request-ID"]
    assert answer.status_code == 500 and name in answer.get_data(as_text=True)
    told = [json.loads(line) for line in log_lines]
    assert [(line["level"], line["request_id"]) for line in told] == [("error", name), ("info", name)]


@JSON
def test_a_log_that_cannot_be_written_stops_nobody(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    assert client.get("/healthz").status_code == 200


@JSON
def test_what_guards_is_told_by_name(client: FlaskClient, log_lines: list[str]) -> None:
    before = dict(shared.own.events)
    client.post("/", data={"phone": PHONE}, headers={"Origin": "https://evil.example"})
    client.post("/", data={"phone": PHONE})
    events.limit_reached("sms-phone")
    told = [json.loads(line) for line in log_lines]
    named = [line["event"] for line in told if line.get("kind") == "security"]
    assert named == ["foreign_form", "csrf", "limit_reached"]
    assert all(shared.own.events[name] == before.get(name, 0) + 1 for name in named)
    assert told[-1]["limit"] == "sms-phone"
