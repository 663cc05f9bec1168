"""Workbooks whose rows stand on several sheets: none is left out without a word."""

from pathlib import Path
from typing import Any

import peewee

from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.models import Charge
from tests.billing.formats.test_sheets import TITLES, row
from tests.billing.formats.writers import workbook

Rows = list[list[Any]]


def test_sheets_with_the_same_titles_are_one_table(database: peewee.Database, tmp_path: Path) -> None:
    seen: list[int] = []
    decorated = [f"{title}: " for title in TITLES]
    book = workbook(
        tmp_path / "a.xlsx",
        {
            "Титул": [["Выгрузка за октябрь"]],
            "Дом 1": [TITLES, row("1"), row("2")],
            "Дом 2": [["Дом 2"], decorated, row("3"), row("x"), row("4")],
        },
    )
    report = import_billing(book, max_rejects=50, progress=seen.append)
    assert {charge.account for charge in Charge.select()} == {"1", "2", "3", "4"}
    assert report.layout.format == "книга Excel, листов: 2" and report.tally.complete
    assert [(reject.line, reject.reason) for reject in report.rejects] == [
        (4, "лист «Дом 2»: номер лицевого счёта не разобран")
    ]
    assert max(seen) <= book.stat().st_size


def test_one_account_with_two_sums_on_two_sheets_is_a_conflict(
    database: peewee.Database, tmp_path: Path
) -> None:
    sheets = {"Лист1": [TITLES, row("1", due=5), row("2")], "Лист2": [TITLES, row("1", due=6)]}
    report = import_billing(workbook(tmp_path / "a.xlsx", sheets), max_rejects=100)
    assert {charge.account for charge in Charge.select()} == {"2"} and report.rejected == 2


def test_sheets_with_other_titles_are_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    other: Rows = [["ЛС", "Месяц", "Адрес", "Начислено", "Льгота"], [*row("3"), 0]]
    meters: Rows = [["ЛС", "Адрес", "Показания"], ["1", "г. Клин", 17]]
    sheets = {"Лист1": [TITLES, row("1"), row("2")], "Прочие": other, "Счётчики": meters}
    book = workbook(tmp_path / "a.xlsx", sheets)
    report = import_billing(book)
    (warning,) = report.unanswered
    assert warning.code == "other-sheets" and "«Прочие»." in warning.sentence and report.nothing
    import_billing(book, answers=Answers(accept=frozenset({"other-sheets"})))
    assert {charge.account for charge in Charge.select()} == {"1", "2"}
