"""Addresses that stand only in the first row of a house are carried down, asked, or the rows are rejected."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.models import Account
from tests.billing.formats.writers import workbook

TITLES = ["Лицевой счёт", "Период", "Адрес дома", "Кв.", "К оплате"]
KNOWN = Answers(accept=frozenset({"address-above"}))
Rows = list[list[str]]


def rows(*cells: str, start: int = 1) -> Rows:
    """Accounts whose cells are an address and a flat: «Мира, 3|1», «|2»."""
    found = []
    for number, text in enumerate(cells, start):
        address, _, flat = text.partition("|")
        found.append([f"70{number:03}", "10.2026", address, flat, "100,50"])
    return found


def take(tmp_path: Path, rows: Rows, titles: list[str] = TITLES, kind: str = "csv") -> Report:
    table = [titles, *rows]
    if kind == "csv":
        file = tmp_path / "a.csv"
        file.write_text("\n".join(map(";".join, table)), encoding="utf-8")
    else:
        file = workbook(tmp_path / "a.xlsx", {"Лист": table})
    report = import_billing(file, dry_run=True, max_rejects=100, answers=KNOWN)
    import_billing(file, max_rejects=100, answers=KNOWN)
    assert report.tally.complete
    return report


def addresses() -> dict[str, str]:
    return {account.number[2:]: account.address for account in Account.select().order_by(Account.number)}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_house_of_the_first_row_is_that_of_the_rows_below(
    database: peewee.Database, tmp_path: Path, kind: str
) -> None:
    report = take(tmp_path, rows("ул. Мира, д. 3|1", "|2", "|3", "ул. Мира, д. 4|1", "|2"), kind=kind)
    assert [warning.code for warning in report.warnings] == ["address-above"]
    assert "у 3 он взят" in report.warnings[0].sentence
    assert addresses() == {
        "001": "ул. Мира, д. 3, кв. 1",
        "002": "ул. Мира, д. 3, кв. 2",
        "003": "ул. Мира, д. 3, кв. 3",
        "004": "ул. Мира, д. 4, кв. 1",
        "005": "ул. Мира, д. 4, кв. 2",
    }


def test_a_street_reaches_over_several_houses(database: peewee.Database, tmp_path: Path) -> None:
    titles = ["Лицевой счёт", "Период", "Улица", "Дом", "Корпус", "Кв.", "К оплате"]
    parts = ["ул. Мира|3|1|1", "|||2", "|4||1", "|||2", "ул. Лесная|5||1"]
    table = [[f"70{n:03}", "10.2026", *each.split("|"), "100,50"] for n, each in enumerate(parts, 1)]
    take(tmp_path, table, titles)
    assert [text.partition("ул. ")[2] for text in addresses().values()] == [
        "Мира, д. 3, корп. 1, кв. 1",
        "Мира, д. 3, корп. 1, кв. 2",
        "Мира, д. 4, кв. 1",
        "Мира, д. 4, кв. 2",
        "Лесная, д. 5, кв. 1",
    ]


@pytest.mark.parametrize(
    "between",
    [
        [["Итого по дому", "", "", "", "201,00"]],
        [["?", "10.2026", "ул. Лесная, д. 9\0", "1", "100,00"]],
        [["", "", "", "", ""]],
        [["70900", "10.2026", "", "", "100,50"]],
    ],
    ids=["total", "damaged", "blank", "no flat"],
)
def test_no_house_is_carried_over_what_may_have_been_another(
    database: peewee.Database, tmp_path: Path, between: Rows
) -> None:
    report = take(tmp_path, [*rows("ул. Мира, д. 3|1", "|2"), *between, *rows("|1", start=3)])
    assert addresses().keys() == {"001", "002"}
    assert [(reject.account, reject.reason) for reject in report.rejects][-1] == ("70003", "нет адреса")


def test_an_address_with_its_flat_is_nobody_elses(database: peewee.Database, tmp_path: Path) -> None:
    report = take(tmp_path, rows("ул. Мира, д. 3, кв. 1|1", "|2"))
    assert addresses().keys() == {"001"} and not report.warnings


def test_one_blank_among_addresses_in_each_row_is_not_filled(
    database: peewee.Database, tmp_path: Path
) -> None:
    report = take(tmp_path, rows("ул. Мира, д. 3|1", "ул. Мира, д. 3|2", "|1", "ул. Лесная, д. 4|2"))
    assert addresses().keys() == {"001", "002", "004"} and not report.warnings


def test_without_a_column_of_flats_nothing_is_carried(database: peewee.Database, tmp_path: Path) -> None:
    titles = [title for title in TITLES if title != "Кв."]
    take(tmp_path, [[*row[:3], row[4]] for row in rows("ул. Мира, д. 3, кв. 1|", "|")], titles)
    assert addresses().keys() == {"001"}


def test_what_was_carried_is_asked_first(database: peewee.Database, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "\n".join(map(";".join, [TITLES, *rows("ул. Мира, д. 3|1", "|2")])), encoding="utf-8"
    )
    report = import_billing(tmp_path / "a.csv")
    assert [warning.code for warning in report.unanswered] == ["address-above"] and not addresses()
