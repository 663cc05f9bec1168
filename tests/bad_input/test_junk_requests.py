"""Junk in addresses, headers, cookies and parameters: refused in Russian, never a failure."""

import itertools
from typing import Any

import pytest
from flask import Flask

from tests.bad_input.forms import WIDE_LIMITS, numbers
from tests.journeys import to_code
from tests.markup import Sheet
from tests.page_check import check_page
from tests.visitor import Visitor

pytestmark = WIDE_LIMITS
JUNK = [
    "",
    "\xff\xfe",
    "a" * 5000,
    "../../etc/passwd",
    "' or 1=1 --",
    "%00",
    "{{7*7}}",
    "ru\u00e9;q=x",
    ",,,;;;",
]
HEADERS = [
    *("Cookie", "X-Cabinet-Session", "HX-Request", "HX-Current-URL", "HX-History-Restore-Request"),
    *("Accept-Language", "Accept", "User-Agent", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Dest", "Origin"),
    *("X-Forwarded-For", "X-Forwarded-Host", "X-HTTP-Method-Override", "Content-Type", "Range"),
    *("If-None-Match", "If-Modified-Since", "Authorization", "X-CSRFToken"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_junk_in_cookies_headers_and_parameters(app: Flask) -> None:
    for name, value in itertools.product(HEADERS, JUNK):
        for address in ("/", "/code"):
            answer = app.test_client().get(address, headers={name: value})
            assert answer.status_code in (200, 303), (name, value)
        answer = app.test_client().post("/", headers={name: value}, data={"phone": "1"})
        assert 400 <= answer.status_code < 500, (name, value)
    for cookie, value in itertools.product(("cabinet", "device", "x"), JUNK):
        client = app.test_client()
        client.set_cookie(cookie, value)
        assert client.get("/").status_code == 200
    for name, value in itertools.product(("lang", "theme", "x", "lang[]", "%ff", "version"), JUNK):
        for address in ("/", "/consent", "/code", "/demo", "/home"):
            answer = app.test_client().get(address, query_string={name: value})
            assert answer.status_code < 500, (address, name, value)
    client = app.test_client()
    for query in (
        "?lang=en&lang=ru&theme=dark",
        "?lang=xx&theme=pink",
        "?%FF=%FF",
        "?&&&",
        "?lang",
        "?theme=%00",
    ):
        answer = client.get("/" + query)
        assert answer.status_code == 200, query
        assert check_html(answer)


def check_html(answer: Any) -> bool:
    """The page is a good one."""
    check_page(Sheet(answer.get_data(as_text=True)), answer)
    return True


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_junk_addresses_never_break_anything(app: Flask) -> None:
    client = app.test_client()
    for address in (
        *("/%00", "/%ff%fe", "/" + "a" * 5000, "//evil.example", "/..%2f..", "/register/../home", "/HOME"),
        *("/email/%00", "/email/" + "x" * 3000, "/email/🙂", "/consent/..%2f..%2fpasswd", "/terms/%00"),
        *("/home/accounts/%00/unlink", "/register", "/code/", "/static/../config.py", "/.env"),
    ):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
            answer = client.open(address, method=method)
            assert answer.status_code < 500, (method, address)


@pytest.mark.settings(trusted_proxies=1)
def test_junk_from_a_proxy(app: Flask) -> None:
    for address in (
        "junk",
        "1.2.3.4:5678",
        "x" * 300,
        "fe80::1%eth0",
        "::ffff:192.0.2.1",
        "192.0.2.1, evil",
        "\xff",
        "🙂",
    ):
        visitor = Visitor(app)
        visitor.client.environ_base["HTTP_X_FORWARDED_FOR"] = address.encode().decode("latin-1")
        to_code(visitor, f"+{next(numbers)}")
        assert visitor.path == "/code", address
