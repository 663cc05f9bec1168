"""Files that were stored wrongly without a word: each is understood now, or asked about, or refused."""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.models import Charge

OCTOBER = date(2026, 10, 1)
TITLES = ["ЛС", "Период", "Адрес", "К оплате"]
SUMS = {f"7012{n:04}": 111_137 + n * 1_007 for n in range(1, 25)}
Rows = list[list[str]]


def roubles(kopecks: int) -> str:
    return f"{kopecks // 100},{kopecks % 100:02}"


def row(account: str, *more: str) -> list[str]:
    return [account, "10.2026", f"г. Химки, ул. Лесная, д. 3, кв. {int(account[4:])}", *more]


def rows() -> Rows:
    return [row(account, roubles(due)) for account, due in SUMS.items()]


def text(table: Rows, delimiter: str = ";") -> str:
    return "".join(delimiter.join(line) + "\r\n" for line in table)


def imported(path: Path, content: str, period: date | None = None) -> Report:
    path.write_bytes(content.encode())
    return import_billing(path, answers=Answers(period), max_rejects=10)


def due() -> dict[str, int | None]:
    return {charge.account: charge.amount_due or charge.amount_charged for charge in Charge.select()}


def asked(path: Path, table: Rows, period: date | None = None) -> list[str]:
    """What an import of a table asks; nothing of it may be stored."""
    report = imported(path, text(table), period)
    assert not due() and report.tally.complete
    return [warning.code for warning in report.unanswered]


def of_services(*names: str) -> Rows:
    """Two services, and a third row with as much as both."""
    table = [["ЛС", "Период", "Адрес", "Услуга", "Начислено"]]
    for account, sum_ in SUMS.items():
        parts = zip(names, (sum_ - 1000, 1000, sum_), strict=True)
        table += [row(account, name, roubles(part)) for name, part in parts]
    return table


@pytest.mark.parametrize(
    "name", ["ИТОГО по квартире", "Сумма", "Все услуги", "Итого по всем услугам", "Всего начислений"]
)
def test_a_total_of_services_by_any_name_is_taken_for_one(
    database: peewee.Database, tmp_path: Path, name: str
) -> None:
    imported(tmp_path / "a.csv", text(of_services("Содержание", "Домофон", name)))
    assert due() == SUMS


@pytest.mark.parametrize("name", ["", "Платёж", "00"])
def test_a_row_that_is_as_much_as_the_others_is_asked_about(
    database: peewee.Database, tmp_path: Path, name: str
) -> None:
    codes = asked(tmp_path / "a.csv", of_services("Содержание", "Домофон", name))
    assert codes == ["total-among-rows"]


def test_services_that_add_up_by_chance_are_not_asked_about(
    database: peewee.Database, tmp_path: Path
) -> None:
    table = of_services("Содержание", "Домофон", "Лифт")
    for n, line in enumerate(table[1:]):
        line[4] = roubles(10_000 + n * (1 if n % 12 < 9 else 3))
    assert not imported(tmp_path / "a.csv", text(table)).warnings


def test_a_part_of_a_service_is_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    table = of_services("Содержание", "в т.ч. ОДН", "Домофон")
    for line in table[1:]:
        line[4] = roubles(50_000 + len(line[3]) * 17)
    assert asked(tmp_path / "a.csv", table) == ["included-rows"]


@pytest.mark.parametrize("cell", ["1,050", "1.050", "-1,050", "(2.340)"])
def test_a_thousand_is_not_one_rouble(database: peewee.Database, tmp_path: Path, cell: str) -> None:
    report = imported(tmp_path / "a.csv", text([TITLES, *rows(), row("70129999", cell)]))
    assert report.reasons == {"сумма не разобрана": 1} and due() == SUMS


def test_three_decimals_in_all_rows_are_decimals(database: peewee.Database, tmp_path: Path) -> None:
    table = [row(account, f"{due / 100:.3f}") for account, due in SUMS.items()]
    assert not imported(tmp_path / "a.csv", text([TITLES, *table, row("70129999", "1.050")])).rejected
    assert due() == {**SUMS, "70129999": 105}


@pytest.mark.parametrize("cell", ["1111,-", "1111.-", "1111,—", "1 111.–"])
def test_a_dash_in_place_of_kopecks_is_no_minus(database: peewee.Database, tmp_path: Path, cell: str) -> None:
    imported(tmp_path / "a.csv", text([TITLES, *rows(), row("70129999", cell)]))
    assert due()["70129999"] == 111_100


def test_a_time_is_no_sum(database: peewee.Database, tmp_path: Path) -> None:
    assert imported(tmp_path / "a.csv", text([TITLES, *rows(), row("70129999", "10:30")])).rejected == 1


@pytest.mark.parametrize("titles", [[*TITLES, ""], [*TITLES, "Оплачено"], [*TITLES, "Примечание"]])
def test_sums_split_at_their_decimal_commas_are_refused_or_asked_about(
    database: peewee.Database, tmp_path: Path, titles: list[str]
) -> None:
    quoted = [[*line[:2], f'"{line[2]}"', line[3]] for line in rows()]
    if titles[-1]:
        report = imported(tmp_path / "a.csv", text([titles, *quoted], ","))
        assert not due() and [warning.code for warning in report.unanswered] == ["sums-split"]
    else:
        with pytest.raises(UnreadableFileError, match="остались одни рубли"):
            imported(tmp_path / "a.csv", text([titles, *quoted], ","))


@pytest.mark.parametrize(
    ("due_title", "title", "sum_", "first"),
    [
        ("amount_due", "amount_charged", "60", 0),
        ("К оплате", "Тариф", "120", 0),
        ("К оплате", "Площадь", "1500", 40),
    ],
)
def test_whole_roubles_beside_two_digits_are_no_split_sums(
    database: peewee.Database, tmp_path: Path, due_title: str, title: str, sum_: str, first: int
) -> None:
    """A flat fee beside what was charged, a tariff or an area."""
    lines = [
        [*line[:2], f'"{line[2]}"', sum_, str(first + n if first else 60)] for n, line in enumerate(rows())
    ]
    report = imported(
        tmp_path / "a.csv", text([["account", "period", "address", due_title, title], *lines], ",")
    )
    assert report.accepted == 24 and set(due().values()) == {int(sum_) * 100} and not report.warnings


@pytest.mark.parametrize("title", ["коп.", "Год"])
def test_kopecks_or_years_behind_a_comma_are_no_split_sums(
    database: peewee.Database, tmp_path: Path, title: str
) -> None:
    lines = [[line[0], line[1], f'"{line[2]}"', line[3].partition(",")[0], "26"] for line in rows()]
    report = imported(tmp_path / "a.csv", text([[*TITLES[:3], '"К оплате, руб."', title], *lines], ","))
    assert report.accepted == 24


@pytest.mark.parametrize("cut", range(3, 9))
def test_a_file_cut_off_in_its_last_sum(database: peewee.Database, tmp_path: Path, cut: int) -> None:
    whole = text([TITLES, *rows()])
    report = imported(tmp_path / "a.csv", whole[:-cut])
    last = max(SUMS)
    assert report.tally.complete and report.rejected == 1
    assert due() == {account: sum_ for account, sum_ in SUMS.items() if account != last}
    if cut < 8:
        assert report.reasons == {"строка обрывается на сумме: возможно, файл загрузился не целиком": 1}


def test_a_whole_file_without_a_last_line_break(database: peewee.Database, tmp_path: Path) -> None:
    assert imported(tmp_path / "a.csv", text([TITLES, *rows()])[:-2]).rejected == 0 and due() == SUMS


def test_a_last_line_that_counts_the_rows(database: peewee.Database, tmp_path: Path) -> None:
    report = imported(tmp_path / "a.csv", text([TITLES, *rows()]) + "Всего счетов;;;24")
    assert (report.rejected, report.tally.other) == (0, 2) and due() == SUMS


def test_whole_roubles_without_a_last_line_break(database: peewee.Database, tmp_path: Path) -> None:
    table = [[*line[:3], line[3].partition(",")[0]] for line in rows()]
    assert imported(tmp_path / "a.csv", text([TITLES, *table])[:-2]).rejected == 0


@pytest.mark.parametrize(
    "titles",
    [
        [["ЛС", "Адрес", "Август", "Сентябрь", "Октябрь", "Итого"]],
        [["ЛС", "Адрес", "08.2026", "09.2026", "10.2026", "Всего"]],
        [["ЛС", "Адрес", "К оплате", "", "", ""], ["", "", "авг.26", "сен.26", "окт.26", "Итого"]],
        [["ЛС", "Адрес", "Начислено 08.2026", "Начислено 09.2026", "Начислено 10.2026", "К оплате"]],
    ],
)
def test_a_column_for_each_month_beside_the_sum_of_all(
    database: peewee.Database, tmp_path: Path, titles: Rows
) -> None:
    table = [[line[0], line[2], *["10,50"] * 3, line[3]] for line in rows()]
    assert asked(tmp_path / "a.csv", [*titles, *table], OCTOBER) == ["other-sum"]


def test_the_sum_of_another_month_than_the_one_given(database: peewee.Database, tmp_path: Path) -> None:
    titles = ["ЛС", "Адрес", "К оплате за октябрь 2026", "К оплате за ноябрь 2026"]
    table = [[line[0], line[2], line[3], "10,50"] for line in rows()]
    assert asked(tmp_path / "a.csv", [titles, *table], OCTOBER) == ["other-month"]


@pytest.mark.parametrize("title", ["Д/К", "Дт/Кт", "Знак", "Дебет/Кредит"])
def test_a_side_in_a_column_of_its_own(database: peewee.Database, tmp_path: Path, title: str) -> None:
    table = [[*line, "К"] for line in rows()]
    assert asked(tmp_path / "a.csv", [[*TITLES[:3], "Сальдо", title], *table]) == ["sign-apart"]


def test_exact_sums_of_pages_of_libreoffice(database: peewee.Database, tmp_path: Path) -> None:
    cells = "".join(f"<td>{title}</td>" for title in TITLES)
    for account, sum_ in SUMS.items():
        line = "".join(f"<td>{cell}</td>" for cell in row(account))
        cells += f'</tr><tr>{line}<td sdval="{sum_ / 100}" sdnum="1049;0;0">{sum_ // 100}</td>'
    imported(tmp_path / "a.xls", f"<html><table><tr>{cells}</tr></table></html>")
    assert due() == SUMS


@pytest.mark.parametrize("sums", [[f"{31_250 + n * 37}" for n in range(24)]])
def test_kopecks_for_roubles_in_a_first_month(
    database: peewee.Database, tmp_path: Path, sums: list[str]
) -> None:
    table = [[*line[:3], sum_] for line, sum_ in zip(rows(), sums, strict=True)]
    assert asked(tmp_path / "a.csv", [TITLES, *table]) == ["sums-scaled"]


@pytest.mark.parametrize("address", ["кв. {}", "д. 3, кв. {}", "3-{}"])
def test_addresses_of_no_place(database: peewee.Database, tmp_path: Path, address: str) -> None:
    table = [[*line[:2], f"{address.format(n)}", line[3]] for n, line in enumerate(rows(), 1)]
    codes = asked(tmp_path / "a.csv", [TITLES, *table])
    assert codes in (["addresses-short"], []) and bool(codes) == ("-" not in address)


def test_two_tables_side_by_side(database: peewee.Database, tmp_path: Path) -> None:
    table = [[*left, "", *right] for left, right in zip(rows()[:12], rows()[12:], strict=True)]
    with pytest.raises(UnreadableFileError, match="рядом стоят две таблицы"):
        imported(tmp_path / "a.csv", text([[*TITLES, "", *TITLES], *table]))
