"""E-mail addresses."""

import pytest

from cabinet import fields
from tests.fields.refusals import refusal


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("anna@example.com", "anna@example.com"),
        (" anna@example.com\n", "anna@example.com"),
        ("Anna.B+x@Example.COM", "Anna.B+x@example.com"),
        ("\u200banna@example.com\ufeff", "anna@example.com"),
        ("anna@почта.рф", "anna@xn--80a1acny.xn--p1ai"),
        ("anna@ПОЧТА.РФ", "anna@xn--80a1acny.xn--p1ai"),
        ("anna@xn--80a1acny.xn--p1ai", "anna@xn--80a1acny.xn--p1ai"),
        ("anna@mail.ru.", "anna@mail.ru"),
        ("anna@mail.ru,", "anna@mail.ru"),
        ("anna@mail.ru ;", "anna@mail.ru"),
        ("anna @ mail. ru", "anna@mail.ru"),
        ("Anna <anna@mail.ru>", "anna@mail.ru"),
        ("<anna@mail.ru>", "anna@mail.ru"),
        ("«anna@mail.ru»", "anna@mail.ru"),
        ("a. anna@mail. ru", "a.anna@mail.ru"),
        ("'anna'@mail.ru", "anna@mail.ru"),
        ("'anna@mail.ru'", "anna@mail.ru"),
        ("o'brien@mail.ru", "o'brien@mail.ru"),
        ("mailto:anna@mail.ru", "anna@mail.ru"),
        ("E-mail: anna@mail.ru", "anna@mail.ru"),
    ],
)
def test_an_address_is_understood(typed: str, address: str) -> None:
    assert fields.email(typed) == address


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("anna@mail,ru", "comma"),
        ("anna@mail,ru ", "comma"),
        ("anna@mail,,ru", "not_an_email"),
        ("an,na@mail.ru", "not_an_email"),
        ("a@mail.ru, b@mail.ru", "not_an_email"),
        ("anna", "not_an_email"),
        ("anna@", "not_an_email"),
        ("@mail.ru", "not_an_email"),
        ("anna@mail", "not_an_email"),
        ("an na@mail.ru", "not_an_email"),
        ("a. anna@mail.ru", "not_an_email"),
        ("анна@mail.ru", "not_an_email"),
        ("anna@mаil.ru", "not_an_email"),
        ("anna@mail.r", "not_an_email"),
        ("Anna <anna@mail.ru> <b@mail.ru>", "not_an_email"),
        ("<>", "not_an_email"),
        ("anna@mail.ru\r\nBcc: x@mail.ru", "not_an_email"),
        ("anna@[127.0.0.1]", "not_an_email"),
        ("anna@mail\0.ru", "not_an_email"),
        ("a" * 250 + "@mail.ru", "not_an_email"),
    ],
)
def test_other_addresses_are_refused(typed: str, code: str) -> None:
    assert refusal(fields.email, typed) == code
