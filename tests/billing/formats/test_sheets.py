"""Tables in workbooks, and what spreadsheets make of numbers and dates."""

import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import peewee
import pytest
import time_machine
import xlsxwriter

from cabinet.billing.answers import Answers
from cabinet.billing.batches import Batch
from cabinet.billing.errors import NeedsAnswerError, UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.readers import cells, portions, workbook
from cabinet.models import Account, Charge
from tests.billing.formats import writers
from tests.billing.formats.truth import PERIOD

TITLES = ["Лицевой счёт", "Период", "Адрес", "К оплате"]
MONTH = f"{PERIOD:%m.%Y}"


def book(folder: Path, *rows: list[Any], titles: list[Any] = TITLES) -> Path:
    return writers.workbook(folder / "a.xlsx", {"Лист1": [titles, *rows]})


def shared(folder: Path, *rows: list[Any]) -> Path:
    """As Excel saves it: cells share their texts."""
    with xlsxwriter.Workbook(str(folder / "shared.xlsx")) as made:
        sheet = made.add_worksheet("Лист1")
        for place, line in enumerate([TITLES, *rows]):
            sheet.write_row(place, 0, line)
    return folder / "shared.xlsx"


def row(account: Any, period: Any = MONTH, due: Any = 100.5) -> list[Any]:
    return [account, period, f"г. Клин, д. 1, кв. {account}", due]


def charges() -> dict[str, tuple[date, int | None]]:
    return {charge.account: (charge.period, charge.amount_due) for charge in Charge.select()}


@pytest.mark.parametrize(
    ("account", "key"),
    [
        ("0040571", "40571"), (7012345678, "7012345678"), (7012345678.0, "7012345678"),
        ("7012345678.0", "7012345678"), ("'0040571", "40571"), (123456789012345, "123456789012345"),
    ],
)  # fmt: skip
def test_numbers_of_accounts(database: peewee.Database, tmp_path: Path, account: Any, key: str) -> None:
    import_billing(book(tmp_path, row(account)))
    assert [*charges()] == [key]


@pytest.mark.parametrize("account", [1234567890123456789, 12345678901234560, 1.5e20, 12.5])
def test_a_number_that_lost_digits_is_rejected(
    database: peewee.Database, tmp_path: Path, account: Any
) -> None:
    report = import_billing(book(tmp_path, row(account), row("1")), max_rejects=50)
    assert [(reject.line, "потерял цифры" in reject.reason) for reject in report.rejects] == [(2, True)]
    assert [*charges()] == ["1"]


def test_a_number_that_became_a_date_is_rejected(database: peewee.Database, tmp_path: Path) -> None:
    report = import_billing(book(tmp_path, row(datetime(2034, 12, 1)), row("1")), max_rejects=50)
    assert [(reject.line, "датой" in reject.reason) for reject in report.rejects] == [(2, True)]


def test_a_house_that_became_a_date_is_rejected(database: peewee.Database, tmp_path: Path) -> None:
    titles = ["Лицевой счёт", "Период", "Улица", "Дом", "К оплате"]
    rows = [["1", MONTH, "Мира", datetime(2026, 2, 4), 1], ["2", MONTH, "Мира", "4/2", 1]]
    report = import_billing(book(tmp_path, *rows, titles=titles), max_rejects=50)
    assert [reject.reason.split(" стал")[0] for reject in report.rejects] == ["номер дома"]
    assert Account.get().address == "Мира, д. 4/2"


@pytest.mark.parametrize(
    "period",
    [
        MONTH, PERIOD, datetime(PERIOD.year, PERIOD.month, 28), float(f"{PERIOD.month}.{PERIOD.year}"),
        (PERIOD - date(1899, 12, 30)).days, f"{PERIOD:%Y-%m}", int(f"{PERIOD:%Y%m%d}"),
    ],
)  # fmt: skip
def test_months(database: peewee.Database, tmp_path: Path, period: Any) -> None:
    import_billing(book(tmp_path, row("1", period)))
    assert charges() == {"1": (PERIOD, 10050)}


def test_a_month_that_lost_its_zero(database: peewee.Database, tmp_path: Path) -> None:
    with time_machine.travel(datetime(2030, 11, 20)):
        import_billing(book(tmp_path, row("1", 10.2030)))  # stored as 10.203
    assert charges() == {"1": (date(2030, 10, 1), 10050)}


@pytest.mark.parametrize(
    ("due", "kopecks"),
    [
        (100, 10000), (0.1, 10), (-3.5, -350), (3650.0000000000005, 365000), ("4 218,67", 421867),
        ("(150,30)", -15030), (" -   ", 0), (1e-14, 0),
    ],
)  # fmt: skip
def test_sums(database: peewee.Database, tmp_path: Path, due: Any, kopecks: int) -> None:
    import_billing(book(tmp_path, row("1", due=due)))
    assert charges() == {"1": (PERIOD, kopecks)}


def test_headings_totals_and_thousands_of_empty_rows(database: peewee.Database, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        made.add_worksheet("Обложка").write(0, 0, "ООО «Домопульт»")
        sheet = made.add_worksheet("Свод")
        sheet.merge_range(1, 0, 1, 3, f"Начисления за {MONTH}")
        for place, line in enumerate(
            [TITLES, ["1", "2", "3", "4"], row("77"), row("78"), ["Итого", "", "", 201]]
        ):
            sheet.write_row(3 + place, 2, line)
        for place in range(20, 5000):
            sheet.write_blank(place, 1, None, made.add_format({"bold": True}))
        sheet.write(6000, 0, " ")
    report = import_billing(path)
    assert {*charges()} == {"77", "78"}
    assert report.tally.complete and report.rejected == 0
    assert (report.tally.accepted, report.tally.lines) == (2, 6001)


def test_titles_in_two_rows_and_wrapped(database: peewee.Database, tmp_path: Path) -> None:
    upper = ["Лицевой\nсчёт*", "Период", "Адрес", "Сумма, руб.", ""]
    lower = ["", "", "", "начислено", "к оплате"]
    rows: list[list[Any]] = [lower, ["1", MONTH, "г. Клин, д. 1", 10, 20]]
    import_billing(book(tmp_path, *rows, titles=upper))
    assert (Charge.get().amount_charged, Charge.get().amount_due) == (1000, 2000)


def test_the_month_of_the_heading_is_proposed(database: peewee.Database, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Лицевой счёт", "Адрес", "К оплате"], ["1", "г. Клин, д. 1", 10]]
    file = writers.workbook(tmp_path / "a.xlsx", {"1": [["Начисления за октябрь 2026 г."], *rows]})
    with pytest.raises(NeedsAnswerError) as asked:
        import_billing(file)
    assert asked.value.questions[0].proposal == "2026-10"
    assert import_billing(file, answers=Answers(period=PERIOD)).accepted == 1


def test_papers_are_never_read(database: peewee.Database, tmp_path: Path) -> None:
    titles = [*TITLES, "СНИЛС", "Паспорт", "Неизвестно"]
    file = book(tmp_path, [*row("1", due="?"), "112-233-445 95", "4509 123456", "x"], titles=titles)
    seen: list[list[str]] = []

    def judge(
        _self: object, columns: list[list[str]], _lines: object, damaged: bool = False
    ) -> Iterator[Batch]:
        seen.extend(columns)
        return iter(())

    with pytest.MonkeyPatch.context() as patched:
        take = "cabinet.billing.rows.Judge.take"
        patched.setattr(take, judge)
        import_billing(file)
    assert ["x"] in seen
    assert not any("112-233" in cell or "4509" in cell for column in seen for cell in column)


def test_a_cell_in_the_last_corner_is_refused_by_size(database: peewee.Database, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, TITLES)
        sheet.write(1048575, 16383, "x")
    with pytest.raises(UnreadableFileError, match="велик"):
        import_billing(path)


def test_bombs_are_refused(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path, row("1"))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/x.bin", bytes(20 << 20))
    with pytest.raises(UnreadableFileError, match="неправдоподобно"):
        import_billing(path)
    monkeypatch.setattr(workbook, "LARGEST_STRINGS", 10)
    with pytest.raises(UnreadableFileError, match="Разделите"):
        import_billing(shared(tmp_path, row("1")))


@pytest.mark.parametrize("made", [book, shared])
def test_a_large_sheet_is_read_in_portions(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[..., Path]
) -> None:
    rows = [row(f"00{n}" if n % 3 else n, due=round(n / 7, 2)) for n in range(1, 300)]
    file = made(tmp_path, *rows[:150], [""] * 4, *rows[150:])
    import_billing(file, max_rejects=0, dry_run=True)
    whole = [list(map(cells.text, line)) for line in workbook.Workbook(file).sheets[0].rows()]
    monkeypatch.setattr(portions, "PORTION", 1000)
    monkeypatch.setattr(portions, "ROWS", 100)
    with zipfile.ZipFile(file) as archive:
        (member,) = portions.members_of(archive).values()
        rows = list(portions.Portions(archive, member, 26))
    assert [(list(map(cells.text, line)) + [""] * 4)[:4] for line in rows] == whole
    assert import_billing(file, max_rejects=0).accepted == 299


def test_a_lone_cell_far_below_costs_nothing(database: peewee.Database, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        for place, line in enumerate([TITLES, row("1"), row("2")]):
            sheet.write_row(place, 0, line)
        sheet.write(1048575, 50, "x")
    report = import_billing(path, max_rejects=50)
    assert (report.accepted, report.tally.lines) == (2, 1048576)
    assert report.tally.complete
