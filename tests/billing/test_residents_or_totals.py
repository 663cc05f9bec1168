"""Rows of a file of residents that have no good phone: residents are counted, totals are not."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.residents import ResidentsReport, import_residents


def taken(tmp_path: Path, text: str) -> ResidentsReport:
    (tmp_path / "residents.csv").write_text(text, encoding="utf-8")
    return import_residents(tmp_path / "residents.csv")


@pytest.mark.parametrize("name", ["Оборотова Анна", "Составилов А.", "М.П. Сидорова", "Проверилова Ия"])
def test_residents_whose_names_begin_like_totals_are_counted(
    database: peewee.Database, tmp_path: Path, name: str
) -> None:
    report = taken(tmp_path, f"ФИО;Телефон;ЛС\n{name};;\nИван Петров;89161234567;77\n")
    assert (report.added, report.rejected) == (1, 1)


def test_a_row_with_an_account_is_no_total(database: peewee.Database, tmp_path: Path) -> None:
    report = taken(tmp_path, "ФИО;Телефон;ЛС\nВсего;;77\nИтого: 1;;\nПётр;89161234567;\n")
    assert (report.added, [reject.line for reject in report.rejects]) == (1, [2])
