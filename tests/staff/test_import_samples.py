"""The check of a billing file shows rows of all that it brings, as they will be stored."""

from pathlib import Path

import pytest

from cabinet.billing.importer import import_billing
from cabinet.billing.job_report import samples_of
from tests.billing.formats import gis_writers
from tests.billing.formats.truth import homes
from tests.staff.test_import_decisions import checked
from tests.visitor import Visitor

TITLES = "Лицевой счёт;Период;Адрес;К оплате"


def shown(desk: Visitor) -> list[list[str]]:
    rows = desk.page.select("[aria-labelledby=samples] tbody tr")
    return [[cell.get_text().replace("\xa0", " ") for cell in row.select("td")] for row in rows]


def months(*counts: int) -> str:
    """So many rows of each month of 2026, from June on."""
    rows = [
        f"{number};{month:02}.2026;г. Клин, д. {number};{month},00"
        for month, count in enumerate(counts, 6)
        for number in range(100, 100 + count)
    ]
    return "\n".join([TITLES, *rows])


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((3, 3), ["июль"] * 3 + ["июнь"] * 2),
        ((9, 1), ["июль"] + ["июнь"] * 4),
        ((2, 2, 2, 2, 2, 2), ["ноябрь", "октябрь", "сентябрь", "август", "июль"]),
        ((2,), ["100", "101"]),
    ],
)
def test_each_month_shows_a_row_at_least(desk: Visitor, counts: tuple[int, ...], expected: list[str]) -> None:
    checked(desk, months(*counts))
    places = [row[0 if len(counts) == 1 else 1].removesuffix(" 2026") for row in shown(desk)]
    assert places == expected


def test_a_list_of_accounts_shows_rows_too(desk: Visitor, tmp_path: Path) -> None:
    report = import_billing(gis_writers.gis_els(tmp_path / "a.xlsx", homes()), dry_run=True)
    samples = samples_of(report)
    assert len(samples) == 5 and samples[0]["address"] == homes()[0].address
    assert "period" not in samples[0]
