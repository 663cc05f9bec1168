"""Addresses of sites as people type and copy them."""

import pytest

from cabinet import fields
from tests.fields.refusals import refusal


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("www.example.ru", "https://www.example.ru"),
        (" https://WWW.Example.ru/page?x=1#y ", "https://www.example.ru"),
        ("http://example.ru:8080/", "http://example.ru:8080"),
        ("https://example.ru:443", "https://example.ru"),
        ("//example.ru/x", "https://example.ru"),
        ("домопульт.рф", "https://xn--d1aochbgwg6f.xn--p1ai"),
        ("example.ru.", "https://example.ru"),
        ("localhost:8000", "https://localhost:8000"),
        ("192.0.2.1", "https://192.0.2.1"),
    ],
)
def test_the_origin_of_an_address(typed: str, origin: str) -> None:
    assert fields.site(typed) == origin
    assert fields.site(origin) == origin


@pytest.mark.parametrize(
    "typed",
    [
        *("example", "javascript:alert(1)", "ftp://example.ru", "https://a@example.ru", "https://", "a b.ru"),
        *(
            "https://example.ru:99999",
            "https://[::1]/",
            "exa_mple.ru",
            "-a.ru",
            "x" * 1001,
            'a".ru',
            "a;b.ru",
        ),
    ],
)
def test_what_is_no_site(typed: str) -> None:
    assert refusal(fields.site, typed) == "not_a_site"
