"""Nothing answers before the guards: a form of another site leaves no cookie and no trace anywhere."""

from collections.abc import Iterable
from typing import Any, cast

import pytest
from flask import Flask

from cabinet.models import TABLES, Staff, WebSession
from cabinet.web.security import UNSAFE
from tests.cast import PASSWORD, resident
from tests.placing import at_account, signed_in
from tests.staff.conftest import code_now, enter, member
from tests.test_routes import FIELDS, _address
from tests.visitor import Visitor

FOREIGN: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "null", "HX-Request": "true"},
    {},  # a browser that tells neither: the cookie did not come along, so there is no token either
)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = pytest.mark.settings(demo=True)


def _rows() -> list[list[dict[str, Any]]]:
    return [list(cast(Iterable[dict[str, Any]], table.select().dicts())) for table in TABLES]


def _addresses(app: Flask) -> list[tuple[str, str]]:
    """Every address by every method that changes something, and some that do not exist."""
    known = [
        (method, _address(rule))
        for rule in app.url_map.iter_rules()
        for method in UNSAFE & (rule.methods or set())
    ]
    return [*known, ("POST", "/no-such-page"), ("POST", "/%00"), ("PUT", "/home"), ("POST", "/staff/%00")]


@SQLITE
def test_a_form_of_another_site_leaves_no_cookie_and_no_trace(app: Flask) -> None:
    before, addresses = _rows(), _addresses(app)
    assert len(addresses) > 40
    large: dict[str, Any] = {"receipt": "x" * 300_000}
    for number, (method, address) in enumerate(addresses):
        for headers, body in (*((headers, FIELDS) for headers in FOREIGN), (FOREIGN[number % 5], large)):
            answer = app.test_client(use_cookies=False).open(
                address, method=method, data=body, headers=headers
            )
            assert "Set-Cookie" not in answer.headers, (method, address, headers)
            assert 400 <= answer.status_code < 500 or body is large, (address, answer.status_code)
            if headers:
                assert 400 <= answer.status_code < 500, (address, answer.status_code)
    assert _rows() == before


@SQLITE
@pytest.mark.parametrize("who", ["on the way", "resident", "staff"])
def test_whoever_it_is_done_to_stays_signed_in(app: Flask, who: str) -> None:
    visitor = Visitor(app)
    if who == "staff":
        enter(visitor, member())
    elif who == "resident":
        resident()
        signed_in(visitor)
    else:
        at_account(visitor)
    url, cookies = visitor.url, visitor.client._cookies.copy()  # type: ignore[union-attr]
    for method, address in _addresses(app):
        for headers in FOREIGN[:3]:  # with the cookie, as of an embedded cabinet
            answer = visitor.client.open(address, method=method, data=FIELDS, headers=headers)
            assert "Set-Cookie" not in answer.headers, address
    assert visitor.client._cookies == cookies
    visitor.get(url)
    assert visitor.url == url and WebSession.select().count() >= 1


def test_the_guards_come_first(app: Flask) -> None:
    """Who adds a hook before these has to say why here."""
    hooks = [hook.__name__ for hook in app.before_request_funcs[None]]
    assert hooks[:7] == [
        "refuse_foreign_posts",
        "refuse_nul",
        "stop_without_database",
        "remember_the_session",  # what follows may write, and be tried again
        "look_whose_session_it_is",
        "make_room",
        "require_csrf_token",
    ], hooks
    preparing = [hook.__name__ for hooks in app.url_value_preprocessors.values() for hook in hooks]
    assert preparing == ["let_large_files_in", "let_files_in"], "these run before all hooks: none may answer"


def test_a_session_of_staff_is_handed_over_without_the_staff(app: Flask) -> None:
    clerk = member()
    token = app.test_client(use_cookies=False).get("/session").get_json()["token"]
    frame = app.test_client(use_cookies=False)

    def ask(method: str, address: str, **data: Any) -> Any:
        nonlocal token
        answer = frame.open(address, method=method, data=data, headers={"X-Cabinet-Session": token})
        token = answer.headers.get("X-Cabinet-Session", token)
        return answer

    form = {"email": clerk.email, "password": PASSWORD, "code": code_now(clerk)}
    ask("POST", "/staff/sign-in", **form)
    location = str(ask("GET", "/staff/requests").location)
    assert location.partition("?")[0] == "/staff/sign-in", "the frame's token opens nothing"
    handed = ask("POST", "/session/hand-over")
    tab = Visitor(app)
    tab.get("/")
    code = (handed.get_json(silent=True) or {}).get("code", "")
    tab.post("/session/take-over", {"csrf_token": tab.value("csrf_token"), "code": code})
    tab.get("/staff/requests")
    assert tab.path == "/staff/sign-in"
    assert Staff.get().id == clerk.id
