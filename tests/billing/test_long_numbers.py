"""What is too long for the number of an account is not looked at: hostile cells would cost seconds each."""

import re

import pytest

from cabinet import fields
from cabinet.billing import numbers


class Bounded:
    """A pattern that must not see more than `numbers.FARTHEST` characters."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern

    def search(self, text: str) -> re.Match[str] | None:
        assert len(text) <= numbers.FARTHEST
        return self.pattern.search(text)


@pytest.mark.parametrize("cell", ["1" * 20_000 + "x", "123" + " " * 20_000 + "!", "1234567 " * 5000])
def test_long_cells_meet_no_pattern(monkeypatch: pytest.MonkeyPatch, cell: str) -> None:
    for name in ("NOTED", "TWO", "WORDS"):
        monkeypatch.setattr(numbers, name, Bounded(getattr(numbers, name)))
    with pytest.raises(fields.FieldError) as refused:
        numbers.account(cell)
    assert refused.value.code == "not_an_account"
    with pytest.raises(fields.FieldError):
        numbers.column_of_keys([cell, "7012345"], exact=False)


@pytest.mark.parametrize("cell", ["7012345 закр.", "7012345 7012346", "№ 123 от 01.02.2020"])
def test_notes_and_second_numbers_are_no_part_of_an_account(cell: str) -> None:
    with pytest.raises(fields.FieldError):
        numbers.account(cell)
