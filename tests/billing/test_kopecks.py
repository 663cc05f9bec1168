"""Roubles and kopecks in columns of their own, and sums in kopecks: what the titles say is what is stored."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.importer import import_billing
from cabinet.models import Charge


def sums(path: Path, titles: str, *rows: str) -> list[tuple[int | None, int | None]]:
    """What is due and charged of rows with these columns; a rejected row has nothing."""
    lines = [f"{n};10.2026;ул. Лесная, {n};{cells}" for n, cells in enumerate(rows, 1)]
    above, _, below = titles.partition("\n")
    content = f"Лицевой счёт;Период;Адрес;{above}\n" + (f";;;{below}\n" if below else "")
    (path / "a.csv").write_text(content + "\n".join(lines), encoding="utf-8")
    import_billing(path / "a.csv", max_rejects=100)
    return [(charge.amount_due, charge.amount_charged) for charge in Charge.select().order_by(Charge.account)]


@pytest.mark.parametrize(
    "titles",
    ["К оплате, руб.;коп.", "К оплате (руб.);К оплате (коп.)", "Рубли;Копейки", "К оплате;Копейки",
     "К оплате;\nруб.;коп."],
)  # fmt: skip
def test_kopecks_beside_roubles(database: peewee.Database, tmp_path: Path, titles: str) -> None:
    found = sums(tmp_path, titles, "4218;67", "1 100;5", "-15;30", "7;", ";05", "0;0")
    assert found == [(421_867, None), (110_005, None), (-1_530, None), (700, None), (5, None), (0, None)]


def test_each_sum_has_its_own_kopecks(database: peewee.Database, tmp_path: Path) -> None:
    found = sums(tmp_path, "Начислено, руб.;коп.;К оплате, руб.;коп.", "10;1;20;2", "30;3;40;4")
    assert found == [(2_002, 1_001), (4_004, 3_003)]


@pytest.mark.parametrize("row", ["4218,67;67", "4218;421867", "4218;6.5", "x;67"])
def test_kopecks_that_do_not_fit_their_roubles_are_rejected(
    database: peewee.Database, tmp_path: Path, row: str
) -> None:
    assert sums(tmp_path, "К оплате, руб.;коп.", row, "1;2") == [(102, None)]


def test_a_sum_in_kopecks(database: peewee.Database, tmp_path: Path) -> None:
    found = sums(tmp_path, "Сумма к оплате, коп.", "421867", "1 000.0", "-5", "0", "150,30")
    assert found == [(421_867, None), (1_000, None), (-5, None), (0, None)]


@pytest.mark.parametrize(
    "title",
    ["К оплате, руб. коп.", "К оплате (руб.,коп.)", "Сумма (с коп.)", "К оплате (с копейками)",
     "Сумма к оплате (₽, коп.)", "Сумма, RUB коп.", "К оплате (включая копейки)", "К оплате, rur, коп."],
)  # fmt: skip
def test_roubles_with_kopecks_in_one_cell(database: peewee.Database, tmp_path: Path, title: str) -> None:
    assert sums(tmp_path, title, "4218,67", "7") == [(421_867, None), (700, None)]


def test_a_sum_without_kopecks_is_in_roubles(database: peewee.Database, tmp_path: Path) -> None:
    assert sums(tmp_path, "Начислено (без копеек)", "4218") == [(None, 421_800)]


def test_units_below_the_titles_are_no_row(database: peewee.Database, tmp_path: Path) -> None:
    assert sums(tmp_path, "Начислено;К оплате\nруб.;руб.", "1;2") == [(200, 100)]


def test_a_title_over_several_services_is_not_the_sum_of_the_first(
    database: peewee.Database, tmp_path: Path
) -> None:
    titles = "Начисления;;;К оплате\nСодержание;Отопление;Итого;"
    assert sums(tmp_path, titles, "1;2;3;4", "5;6;11;12") == [(400, 300), (1_200, 1_100)]
