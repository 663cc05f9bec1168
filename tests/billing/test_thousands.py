"""Sums such as `1,050`: a rouble with three decimals, or a thousand and fifty?"""

from pathlib import Path

import peewee
import pytest

from tests.billing.test_silently_wrong import SUMS, TITLES, Rows, asked, due, imported, row, rows, text

HEADING = ["ул. Лесная, д. 3", "", "", ""]


def of_sums(*sums: str) -> Rows:
    return [row(account, sums[n % len(sums)]) for n, account in enumerate(SUMS)]


@pytest.mark.parametrize("place", [1, 2])
def test_a_first_row_does_not_speak_for_its_column(
    database: peewee.Database, tmp_path: Path, place: int
) -> None:
    table = [row("70129999", "1,050"), *rows()]
    table.insert(place, HEADING)
    report = imported(tmp_path / "a.csv", text([TITLES, *table]))
    assert report.reasons == {"сумма не разобрана": 1} and due() == SUMS


def test_a_first_row_without_three_decimals_does_not_speak_for_its_column(
    database: peewee.Database, tmp_path: Path
) -> None:
    table = [row(account, f"{sum_ / 100:.3f}") for account, sum_ in SUMS.items()]
    table = [row("70129999", "5,00"), HEADING, *table, row("70129998", "1.050")]
    assert not imported(tmp_path / "a.csv", text([TITLES, *table])).rejected
    assert due() == {**SUMS, "70129999": 500, "70129998": 105}


@pytest.mark.parametrize(
    "sums",
    [["1,000", "2,070", "3,140"], ["1.050"], ["60.000"], ["-1,050", "999,990"], ["1,050"] * 23 + ["7,00"]],
)
def test_sums_that_may_all_be_thousands_are_asked_about(
    database: peewee.Database, tmp_path: Path, sums: list[str]
) -> None:
    assert asked(tmp_path / "a.csv", [TITLES, *of_sums(*sums)]) == ["thousands"]


@pytest.mark.parametrize("sum_", ["1234,500", "0,500", "0.000"])
def test_one_sum_tells_that_the_others_have_decimals(
    database: peewee.Database, tmp_path: Path, sum_: str
) -> None:
    report = imported(tmp_path / "a.csv", text([TITLES, *of_sums("1,050", sum_)]))
    assert not report.warnings and 105 in due().values()
