"""Rows torn several times, as the tests of damaged files have found: rejected by line, never put together."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.importer import import_billing
from cabinet.models import Account, Charge

USUAL = ("account", "period", "amount_due", "address")


def table(titles: tuple[str, ...], torn: str, rows: int = 30) -> str:
    lines = [";".join(titles)]
    for n in range(rows):
        cells = {
            "account": str(7012300000 + n), "period": "10.2026", "amount_due": f"1{n:02}7,{n:02}",
            "address": f'"ул. Лесная\nд. {n}"' if n % 4 == 0 else f"ул. Лесная, д. {n}",
            "note": "", "note2": "",
        }  # fmt: skip
        lines.append(";".join(cells[title] for title in titles))
    return "\n".join([*lines[:11], torn, *lines[11:]]) + "\n"


@pytest.mark.parametrize(
    ("titles", "torn", "lost"),
    [
        (USUAL, '7700000001;10.2026;5,00;"СНТ Заря, уч. 3\n\n7700000002\nд. 84243"', 3),
        (USUAL, '7700000001;10.2026;5,00;"ул. Мира\n7700000002\nд. 84243"', 3),
        (USUAL, '7700000001;10.2026;5,00;"ул. Мира, д. 5\nул. Лесная, д. 6"', 2),
        (("account", "period", "address", "amount_due"),
         '7700000001;10.2026;"ул. Зелёная\nд. 79529;1795,09\n7700000002\nд. 29250";5292,10', 4),
        (("address", "account", "period", "amount_due"), "ул. Мира\nд. 5;7700000001;10.2026;5,00", 2),
        (USUAL, "7700\n000001;10.2026;5,00;ул. Мира, д. 5", 2),
        (USUAL, "7700;\n000001;10.2026;5,00;ул. Мира, д. 5", 2),
        (USUAL, "7700000001;10.2026;5,00;ул. Ми\x1aра, д. 5", 1),
        (("account", "period", "address", "amount_due", "note", "note2"),
         "7700000001;10.2026;ул. Мира; 34;3412,01;;", 1),
        (("note", "account", "address", "period", "amount_due", "note2"),
         ";7700000001;ул. Мира, д. 5;10.2026;43;388,00;", 1),
    ],
)  # fmt: skip
def test_torn_rows_are_rejected_each(
    database: peewee.Database, tmp_path: Path, titles: tuple[str, ...], torn: str, lost: int
) -> None:
    (tmp_path / "b.csv").write_text(table(titles, torn), encoding="utf-8")
    report = import_billing(tmp_path / "b.csv", max_rejects=100)
    assert not report.refused and report.tally.complete
    blank = torn.count("\n\n")
    near = report.rejected - lost  # a number alone in a line may belong to the row above or below
    assert 0 <= near <= 1 and report.accepted == 30 - near, report.rejects
    assert report.tally.blank == blank
    assert all(account.number.startswith("70123000") for account in Account.select())


@pytest.mark.parametrize(
    "address",
    ["ул. Мира\nд. 5, кв. 3", "д. Ивановка\nул. Лесная, д. 5", "г. Москва\nг. Зеленоград, корп. 2",
     "ул. 8 Марта\nдом 5\nквартира 3", "141400\nг. Химки"],
)  # fmt: skip
@pytest.mark.parametrize(
    "titles",
    [USUAL, ("address", "account", "period", "amount_due"), ("account", "address", "period", "amount_due")],
)
def test_good_addresses_of_several_lines_stay_whole(
    database: peewee.Database, tmp_path: Path, titles: tuple[str, ...], address: str
) -> None:
    cells = {"account": "7700000001", "period": "10.2026", "amount_due": "5,00", "address": f'"{address}"'}
    (tmp_path / "b.csv").write_text(table(titles, ";".join(map(cells.__getitem__, titles))), encoding="utf-8")
    report = import_billing(tmp_path / "b.csv")
    assert (report.accepted, report.rejected) == (31, 0), report.rejects
    assert Account.get_by_id("7700000001").address == address
    assert Charge.get(Charge.account == "7700000001").amount_due == 500
