"""Files that were refused, or lost rows, for a reason that was not theirs."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.importer import import_billing
from cabinet.billing.readers.contents import classify
from tests.billing.formats.writers import ods_of, workbook
from tests.billing.test_silently_wrong import OCTOBER, SUMS, TITLES, due, imported, row, rows, text


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.ods", "a.xlsb", "a.csv", "a"])
@pytest.mark.parametrize("write", [ods_of, lambda path, table: workbook(path, {"Лист1": table})])
def test_workbooks_under_the_names_of_others(
    database: peewee.Database, tmp_path: Path, name: str, write: object
) -> None:
    write(tmp_path / name, [TITLES, *rows()])  # type: ignore[operator]
    assert import_billing(tmp_path / name).accepted == 24


@pytest.mark.parametrize(
    "line",
    ["(24 rows)", "(24 строки)", "24 rows selected.", "Выбрано: 24 строк", "(строк обработано: 24)"],
)
def test_what_databases_say_below_their_rows(database: peewee.Database, tmp_path: Path, line: str) -> None:
    report = imported(tmp_path / "a.csv", text([TITLES, *rows()]) + line + "\r\n")
    assert (report.rejected, report.tally.other) == (0, 2)


def test_a_hint_of_excel_that_names_another_delimiter(database: peewee.Database, tmp_path: Path) -> None:
    assert imported(tmp_path / "a.csv", "sep=,\r\n" + text([TITLES, *rows()])).accepted == 24


def test_a_month_that_is_not_there_is_named_so(database: peewee.Database, tmp_path: Path) -> None:
    report = imported(tmp_path / "a.csv", text([TITLES, *rows(), ["24", "", "г. Химки", "5,00"]]))
    assert report.reasons == {"нет расчётного периода": 1}


@pytest.mark.parametrize("place", [0, 3])
def test_registries_with_columns_that_say_the_same_of_all(
    database: peewee.Database, tmp_path: Path, place: int
) -> None:
    """More than eleven columns of Sberbank's: codes of the company beside each account, or row numbers."""
    table = []
    for n, line in enumerate(rows(), 1):
        cells = ["Лисина Анна", line[2], line[0], line[3]]
        first = [str(n)] if place == 0 else ["5258"]
        codes = ["7700000000", "40702810900000000001", "1126", "Домофон", "044525225", "1"]
        table.append([*first, *cells[:place], *codes, *cells[place:]])
    assert imported(tmp_path / "a.txt", text(table), OCTOBER).accepted == 24
    assert due() == SUMS


def test_blank_lines_above_a_registry_for_gorod(database: peewee.Database, tmp_path: Path) -> None:
    head = f"\r\n\r\n#FILESUM {sum(SUMS.values()) / 100:.2f}\r\n\r\n#TYPE 7\r\n#SERVICE 5258\r\n"
    lines = [["Лисина Анна", f"Химки,Лесная,3,{n}", line[0], line[3]] for n, line in enumerate(rows(), 1)]
    assert imported(tmp_path / "a.txt", head + text(lines), OCTOBER).accepted == 24
    assert due() == SUMS


@pytest.mark.parametrize(
    "titles",
    [
        ["Начислено за октябрь 2026", "Перерасчёт за октябрь 2026", "Пени за октябрь 2026", "К оплате"],
        ["Начислено", "Льгота за октябрь", "Пени за октябрь", "К оплате"],
        ["К оплате", "Перерасчёт за октябрь", "Пени за 10.2026"],
    ],
)
def test_columns_of_one_month_are_not_of_several(
    database: peewee.Database, tmp_path: Path, titles: list[str]
) -> None:
    table = [[line[0], line[2], *[line[3]] * len(titles)] for line in rows()]
    assert not imported(tmp_path / "a.csv", text([["ЛС", "Адрес", *titles], *table]), OCTOBER).warnings
    assert due() == SUMS


def test_services_of_one_account_that_add_up_are_not_asked_about(
    database: peewee.Database, tmp_path: Path
) -> None:
    table = [["ЛС", "Период", "Адрес", "Услуга", "Начислено"]]
    table += [[*line[:3], "Домофон", line[3]] for line in rows()]
    table += [row("70120001", name, sum_) for name, sum_ in (("Лифт", "100,00"), ("Пени", "1221,44"))]
    report = imported(tmp_path / "a.csv", text(table))
    assert not report.warnings and due() == SUMS | {"70120001": 244_288}


@pytest.mark.parametrize("last", ["0", "-", ""])
def test_a_whole_file_that_ends_with_nothing_to_pay(
    database: peewee.Database, tmp_path: Path, last: str
) -> None:
    titles = ["ЛС", "Период", "Адрес", "Начислено", "К оплате"]
    table = [[*line, line[3]] for line in rows()]
    report = imported(tmp_path / "a.csv", text([titles, *table, row("70129999", "7,50", last)])[:-2])
    assert not report.rejected and due()["70129999"] == 750


def test_a_last_sum_without_kopecks_may_have_been_cut_off(database: peewee.Database, tmp_path: Path) -> None:
    report = imported(tmp_path / "a.csv", text([TITLES, *rows(), row("70129999", "150")])[:-2])
    assert report.reasons == {"строка обрывается на сумме: возможно, файл загрузился не целиком": 1}


def test_first_addresses_without_a_street_are_not_those_of_all(
    database: peewee.Database, tmp_path: Path
) -> None:
    table = [[*line[:2], f"д. 3, кв. {n}", line[3]] if n < 9 else line for n, line in enumerate(rows())]
    assert not imported(tmp_path / "a.csv", text([TITLES, *table])).warnings and due() == SUMS


@pytest.mark.parametrize("rows_", [1, 2, 3, 5])
def test_a_registry_of_a_single_account(rows_: int) -> None:
    line = ["Лисина Анна", "Химки, ул. Лесная, д. 3, кв. 1", "7012345678", "1111,37"]
    assert classify([line] * rows_) == ("full_name", "address", "account", "amount_due")
    counted = [[str(n), *line] for n in range(1, 4)]
    assert classify(counted) == (None, "full_name", "address", "account", "amount_due")
