"""One-time codes, as people type them."""

import pytest

from cabinet import fields
from tests.fields.refusals import refusal


@pytest.mark.parametrize(
    "typed",
    [
        *("012345", " 012 345 ", "012-345", "01 23 45", "012\u00a0345", "０１２３４５", "012–345"),
        *("012345012345", "012345 012345", "Код: 012345", "код 012 345", "012345."),
        "Домопульт: код 012345. Никому его не сообщайте\n@lk.example.ru #012345",
    ],
)
def test_a_code_is_six_digits(typed: str) -> None:
    assert fields.code(typed) == "012345"


@pytest.mark.parametrize(
    "typed",
    [
        *("12345", "1234567", "12345a", "123456a", "١٢٣٤٥٦", "-", "code"),
        *("123456123457", "123456 или 123457", "тел. 8 800 555-35-35"),
    ],
)
def test_other_codes_are_refused(typed: str) -> None:
    assert refusal(fields.code, typed) == "not_a_code"
