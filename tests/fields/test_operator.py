"""Which operator a number was given to."""

import pytest

from cabinet.fields import OPERATORS, operator


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("+79161234567", "mts"),
        ("+79031234567", "beeline"),
        ("+79261234567", "megafon"),
        ("+79001234567", "t2"),
        ("+79003834567", "motiv"),
        ("+79541234567", ""),
        ("+375291234567", ""),
        ("", ""),
    ],
)
def test_the_longest_prefix_decides(phone: str, expected: str) -> None:
    assert operator(phone) == expected and expected in ("", *OPERATORS)
