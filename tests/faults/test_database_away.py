"""The database is out of reach, hangs, or comes back: every page says so at once, nothing typed is lost."""

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cabinet.models import OneTimeCode
from cabinet.models.database import db
from cabinet.web.sessions import session
from tests import postgres_server
from tests.cast import PERSON, PHONE, resident
from tests.databases import disconnect
from tests.placing import at_account, signed_in
from tests.relay import Relay, relay_to
from tests.test_routes import _address
from tests.visitor import Visitor

pytestmark = pytest.mark.postgres
BEARS_IT = ("/healthz", "/embed.js", "/accent/", "/api/", "/metrics")
SORRY = "Кабинет сейчас не отвечает"


@pytest.fixture
def relay(postgres_url: str) -> Iterator[Relay]:
    """The network between Cabinet and PostgreSQL."""
    server = postgres_url.partition("host=")[2]
    with tempfile.TemporaryDirectory(prefix="relay-") as folder, relay_to(server, Path(folder)) as relay:
        yield relay  # not in tmp_path: the path of a socket has to be short


@pytest.fixture
def database_url(relay: Relay) -> str:
    return postgres_server.address(str(Path(relay.path).parent), "cabinet_test")


@pytest.fixture
def site(app: Flask) -> Iterator[Flask]:
    """The application, with no connection open but what a request opens for itself."""
    disconnect()
    yield app
    disconnect()


def _pages(app: Flask) -> list[str]:
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return sorted({_address(rule) for rule in rules})


def test_every_address_says_so_and_comes_back(
    site: Flask, relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = Visitor(site)
    at_account(visitor)
    relay.refuse()
    with caplog.at_level(logging.INFO):
        for address in _pages(site):
            answer = visitor.client.get(address)
            if address.startswith(BEARS_IT):
                assert answer.status_code < 500, address
            elif address == "/readyz":
                assert (answer.status_code, answer.text) == (503, "database\n")
            elif answer.status_code != 404:  # an address of a feature that is off
                assert answer.status_code == 503, (address, answer.status_code)
                assert SORRY in answer.text and answer.headers["Retry-After"] == "5", address
                assert "Set-Cookie" not in answer.headers, address
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"], address
    assert "Traceback" not in caplog.text and PHONE not in caplog.text
    relay.work()
    assert visitor.reload() and visitor.status == 200, "the first request after its return"
    assert visitor.path == "/register/account", "nobody has to begin anew"


def test_what_was_typed_is_sent_again_by_one_press(site: Flask, relay: Relay) -> None:
    visitor = Visitor(site)
    visitor.get("/")
    relay.refuse()
    visitor.fill_and_submit(phone="+7 999 123-45-67", consent="y")
    assert visitor.status == 503 and SORRY in visitor.text
    relay.work()
    visitor.fill_and_submit()
    assert visitor.status == 200 and visitor.path == "/code", visitor.text
    db.connect()
    assert OneTimeCode.select().where(OneTimeCode.phone == "+79991234567").count() == 1


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/login", "password"),
        ("/home/phone", "current_password"),
        ("/staff/me/password", "current"),
        ("/staff/confirmation", "proof"),
        ("/staff/resident/x/phone", "proof"),
    ],
)
def test_a_password_is_never_on_the_page(site: Flask, relay: Relay, address: str, field: str) -> None:
    visitor = Visitor(site)
    visitor.get("/")
    relay.refuse()
    answer = visitor.client.post(address, data={field: "secret words", "phone": PHONE})
    assert answer.status_code == 503 and "secret words" not in answer.text and "<form" not in answer.text


def test_with_scripts_the_step_stays_as_it_is(site: Flask, relay: Relay) -> None:
    visitor = Visitor(site)
    visitor.get("/")
    relay.refuse()
    answer = visitor.client.post("/", data={"phone": PHONE}, headers={"HX-Request": "true"})
    assert answer.status_code == 503 and 'id="step"' not in answer.text
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.settings(metrics_token="figures", database_timeout_ms=200)
def test_prometheus_learns_that_it_is_away_and_what_people_met(site: Flask, relay: Relay) -> None:
    def figures() -> set[str]:
        answer = visitor.client.get("/metrics", headers={"Authorization": "Bearer figures"})
        assert answer.status_code == 200 and SORRY not in answer.text
        return set(answer.text.splitlines())

    visitor = Visitor(site)
    at_account(visitor)
    assert {"cabinet_database_answers 1.0", 'cabinet_messages_dead{lane="sms"} 0.0'} < figures()
    for fail in (relay.refuse, relay.hang):
        fail()
        visitor.client.get("/register/account")
        found = figures()
        assert "cabinet_database_answers 0.0" in found
        assert any('route="/register/account",status="503"' in line for line in found)
        assert not any(line.startswith("cabinet_messages_dead") for line in found), "nobody knows"
        relay.work()
        disconnect()


@pytest.mark.settings(database_timeout_ms=200)
def test_one_that_hangs_holds_nobody_up(site: Flask, relay: Relay) -> None:
    visitor = Visitor(site)
    at_account(visitor)
    relay.hang()
    assert visitor.client.get("/healthz").status_code == 200
    for _ in range(2):  # by a connection that was open, and by a new one
        answer = visitor.client.get("/register/account")
        assert answer.status_code == 503 and SORRY in answer.text
    assert visitor.client.get("/readyz").text == "database\n"
    relay.work()
    assert visitor.reload() and visitor.status == 200 and visitor.path == "/register/account"


def test_connections_that_were_cut_are_not_used_again(site: Flask, relay: Relay) -> None:
    visitor = Visitor(site)
    at_account(visitor)
    for _ in range(3):
        relay.cut()
        visitor.reload()
        assert visitor.status == 200 and visitor.path == "/register/account"


def test_it_goes_away_before_the_answer_is_written(
    site: Flask, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(site)
    at_account(visitor)
    view = site.view_functions["register.account"]

    def view_and_cut(*values: Any, **named: Any) -> Any:
        answer = view(*values, **named)
        session["theme"] = "dark"
        relay.refuse()
        return answer

    monkeypatch.setitem(site.view_functions, "register.account", view_and_cut)
    answer = visitor.client.get("/register/account")
    assert answer.status_code == 503 and SORRY in answer.text and PERSON["last_name"] not in answer.text
    assert answer.headers["Retry-After"] == "5"


def test_who_is_signed_in_stays_so_but_is_shown_nothing(site: Flask, relay: Relay) -> None:
    db.connect()
    resident()
    disconnect()
    visitor = Visitor(site)
    signed_in(visitor)
    relay.refuse()
    answer = visitor.client.get("/home")
    assert answer.status_code == 503 and PERSON["first_name"] not in answer.text
    relay.work()
    visitor.get("/home")
    assert visitor.status == 200 and visitor.path == "/home"
