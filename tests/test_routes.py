"""What holds for every address the application has: policies, forged forms, privacy, spelling."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, cast

import pytest
from flask import Flask
from werkzeug.routing import Rule

from cabinet.models import TABLES, Heartbeat
from tests.cast import LESNAYA, PASSWORD, PERSON, resident
from tests.journeys import to_code
from tests.placing import at_registration_password
from tests.visitor import Visitor

pytestmark = [
    pytest.mark.settings(demo=True, frame_ancestors=("https://www.domopult.ru", "https://domopult.ru")),
]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ANCESTORS = "frame-ancestors 'self' https://www.domopult.ru https://domopult.ru"
OPEN_TO_ALL = re.compile(
    r"/|/(consent|terms|privacy)(/.*)?|/help|/healthz|/readyz|/metrics|/session(/.*)?|/resume|/demo.*|/email/.*"
    r"|/login/passkey|/api/.*"
    r"|/\.well-known/.*|/embed.js|/accent/.*|/requests(/.*)?"  # a request is shown by its number and phone
)
NO_PAGES = ("/embed.js", "/accent/")  # the same for everybody, so that browsers may keep them
STAFF, OPEN_TO_STRANGERS = "/staff/", ("/staff/sign-in", "/staff/join/")
ARGUMENTS = {
    "version": "2026-11-01",
    "token": "no-such-token",
    "number": "1234567890",
    "colour": "1f5fd6",
    "what": "withdraw",
}
FIELDS = {
    "phone": "8 916 123-45-67",
    "consent": "y",
    "code": "123456",
    "period": "2026-10",
    "account": "1234567890",
    "amount": "4 218,67",
    "answer": "yes",
    **PERSON,
    "password": PASSWORD,
    "current_password": PASSWORD,
    "device": "others",
}


def _address(rule: Rule) -> str:
    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda m: ARGUMENTS.get(m[1], "1"), rule.rule)


def _rules(app: Flask, method: str) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            yield _address(rule)


def _rows() -> dict[str, list[tuple[Any, ...]]]:
    """All that the tables hold, but for signs of life, when and where a session was seen, and downloads."""
    return {
        table.__name__: sorted(
            tuple(str(v) for name, v in row.items() if name not in ("seen_at", "ip"))
            for row in cast(Iterable[dict[str, Any]], table.select().dicts())
            if row.get("kind") != "downloaded"
        )
        for table in set(TABLES) - {Heartbeat}
    }


@pytest.fixture
def signed_in(app: Flask, receipt: dict[str, str]) -> Visitor:
    """A resident in the cabinet."""
    resident(accounts=[LESNAYA])
    visitor = Visitor(app)
    visitor.get("/")
    visitor.fill_and_submit(phone=FIELDS["phone"])
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home"
    return visitor


@pytest.fixture
def registering(app: Flask, receipt: dict[str, str]) -> Visitor:
    """Somebody at the last step of the registration."""
    visitor = Visitor(app)
    at_registration_password(visitor, receipt)
    return visitor


@SQLITE
def test_addresses_are_kebab_case(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert re.fullmatch(r"/|(/(\.?[a-z0-9]+([.-][a-z0-9]+)*|<[a-z_:(), ]+>))+/?", rule.rule), rule.rule


def _check_headers(answer: Any, address: str) -> None:
    policy = answer.headers["Content-Security-Policy"]
    if address.startswith(STAFF):
        assert policy.endswith("frame-ancestors 'none'"), (address, policy)
    elif not address.startswith("/demo"):
        assert policy.endswith(ANCESTORS), (address, policy)
    assert "unsafe" not in policy and "frame-ancestors" in policy
    assert "object-src 'none'" in policy and "base-uri 'none'" in policy
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] in (
        "same-origin",
        "no-referrer",
        "strict-origin-when-cross-origin",
    )
    if address != "/embed.js" and not address.startswith("/accent/"):
        assert "no-store" in answer.headers["Cache-Control"] or address.startswith(NO_PAGES), address
    assert answer.status_code < 500 or address == "/readyz", address


@SQLITE
@pytest.mark.parametrize("who", ["nobody", "registering", "signed_in"])
def test_every_page_and_fragment_has_the_policies(
    app: Flask, who: str, request: pytest.FixtureRequest
) -> None:
    client = app.test_client() if who == "nobody" else request.getfixturevalue(who).client
    for address in _rules(app, "GET"):
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(address, headers=headers)
            _check_headers(answer, address)
            if headers and answer.mimetype == "text/html" and not address.startswith("/demo"):
                assert "<html" not in answer.get_data(as_text=True), f"{address} is a fragment"


@SQLITE
def test_error_pages_have_them_too(app: Flask) -> None:
    client = app.test_client()
    asked: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("GET", "/no-such-page", {}),
        ("POST", "/", {}),
        ("POST", "/code/resend", {"headers": {"Origin": "https://evil.example"}}),
        ("PUT", "/home", {}),
        ("GET", "/logout", {}),
        ("POST", "/", {"data": {"phone": "x" * 10**6}}),
        ("GET", "/consent/1999-01-01", {}),
    )
    for method, address, options in asked:
        for headers in ({}, {"HX-Request": "true"}):
            options = {**options, "headers": {**options.get("headers", {}), **headers}}
            answer = client.open(address, method=method, **options)
            assert 400 <= answer.status_code < 500, (address, answer.status_code)
            _check_headers(answer, address)
            assert re.search("[А-я]{4}", answer.get_data(as_text=True)), "in Russian"


@pytest.mark.sample(4)
@pytest.mark.parametrize("who", ["registering", "signed_in"])
@pytest.mark.parametrize(
    "forged",
    [
        "no token",
        "wrong token",
        "token of another",
        "foreign origin",
        "origin null",
        "cross-site",
        "same-site",
    ],
)
@SQLITE
def test_a_forged_form_has_no_effect(
    app: Flask, who: str, forged: str, request: pytest.FixtureRequest
) -> None:
    visitor = request.getfixturevalue(who)
    other = Visitor(app)
    to_code(other, "+79160000001")
    token = visitor.csrf_token
    data = {
        "no token": FIELDS,
        "wrong token": {**FIELDS, "csrf_token": "IjEi.aaaa.bbbb"},
        "token of another": {**FIELDS, "csrf_token": other.value("csrf_token")},
    }.get(forged, {**FIELDS, "csrf_token": token})
    headers = {
        "foreign origin": {"Origin": "https://evil.example"},
        "origin null": {"Origin": "null"},
        "cross-site": {"Sec-Fetch-Site": "cross-site"},
        "same-site": {"Sec-Fetch-Site": "same-site"},
    }.get(forged, {})
    before = _rows()
    for address in _rules(app, "POST"):
        for more in ({}, {"HX-Request": "true"}):
            answer = visitor.client.post(address, data=data, headers={**headers, **more})
            assert answer.status_code == (403 if address.startswith("/hooks/") else 400), address
    assert _rows() == before


@SQLITE
def test_no_get_changes_anything(app: Flask, signed_in: Visitor) -> None:
    before = _rows()
    for address in _rules(app, "GET"):
        signed_in.client.get(address)
        assert _rows() == before, address
        signed_in.client.head(address)
    assert _rows() == before


@SQLITE
def test_private_pages_lead_strangers_to_the_first_screen(app: Flask, visitor: Visitor) -> None:
    private = [address for address in _rules(app, "GET") if not OPEN_TO_ALL.fullmatch(address)]
    assert len(private) >= 15, private
    for address in private:
        answer = visitor.client.get(address)
        if address == "/code/delivery":
            continue  # a fragment without anything to say
        if address.startswith(STAFF):
            led = address.startswith(OPEN_TO_STRANGERS) or answer.location.split("?")[0] == "/staff/sign-in"
            assert led, address
            continue
        assert (answer.status_code, answer.location) == (303, "/"), address
        fragment = visitor.client.get(address, headers={"HX-Request": "true"})
        assert fragment.headers["HX-Push-Url"] == "/" and 'name="phone"' in fragment.get_data(as_text=True)


@SQLITE
def test_private_forms_lead_strangers_to_the_first_screen(app: Flask, visitor: Visitor) -> None:
    visitor.get("/")
    before = _rows()
    for address in _rules(app, "POST"):
        if address == "/" or address.startswith(
            ("/hooks", "/email/", "/login/new-password/rules", "/requests", "/session/", *OPEN_TO_STRANGERS)
        ):
            continue
        visitor.post(address, {**FIELDS, "csrf_token": visitor.value("csrf_token")})
        if address.startswith(STAFF):
            assert visitor.path == "/staff/sign-in", address
        else:
            assert visitor.path == "/" and visitor.form(None, "phone"), address
        visitor.get("/")
    after = _rows()
    before.pop("WebSession"), after.pop("WebSession")
    assert after == before


@SQLITE
def test_the_wrong_method_is_refused_kindly(app: Flask) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        for method in {"GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"} - (rule.methods or set()):
            answer = client.open(_address(rule), method=method)
            assert answer.status_code in (200, 303, 400, 404, 405), (method, rule.rule, answer.status_code)
            if answer.status_code == 405:
                assert answer.headers["Allow"], "says which methods there are"
