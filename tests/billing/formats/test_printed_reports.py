"""Reports for print, with accounts inside their text, are refused by their name, never half understood."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from tests.billing.files import stored
from tests.billing.formats.writers import workbook

ACCOUNTS = ("л/с №7012345678 Иванова А. П., ул. Садовая, д. 5, кв. 1", "Л/С № 7012345679",
            "л.с. 00-40571, Ёлкин", "Лицевой счёт №7012345680", "лиц. счет: 7012345681")  # fmt: skip
TITLES = (["Услуга", "Тариф", "Начислено", "К оплате"], ["Наименование", "Цена", "Объём", "Стоимость"])


def report(titles: list[str]) -> list[list[str]]:
    rows = [["Начисления на лицевые счета за Октябрь 2026 г.", "", "", ""], titles]
    for account in ACCOUNTS:
        rows += [
            [account, "", "", ""],
            ["Домофон", "50", "50,00", "50,00"],
            ["Антенна", "30", "30,00", "30,00"],
        ]
        rows.append(["Итого", "", "80,00", "80,00"])
    return [*rows, ["Всего", "", "400,00", "400,00"]]


@pytest.mark.parametrize("titles", TITLES, ids=["usual titles", "other titles"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_printed_report_is_named(
    database: peewee.Database, tmp_path: Path, titles: list[str], kind: str
) -> None:
    file = tmp_path / f"a.{kind}"
    if kind == "csv":
        file.write_text("\n".join(map(";".join, report(titles))), encoding="cp1251")
    else:
        workbook(file, {"Лист1": [list(row) for row in report(titles)]})
    with pytest.raises(UnreadableFileError, match="отчёт для печати"):
        import_billing(file)
    assert stored() == ({}, {})


def test_accounts_in_a_column_of_their_own_are_read_with_such_words(
    database: peewee.Database, tmp_path: Path
) -> None:
    rows = [f"л/с №701234567{n};10.2026;ул. Садовая, д. 5, кв. {n};{n},00" for n in range(1, 6)]
    (tmp_path / "a.csv").write_text(
        "\n".join(["Лицевой счёт;Период;Адрес;К оплате", *rows]), encoding="utf-8"
    )
    assert import_billing(tmp_path / "a.csv").accepted == 5
    assert sorted(stored()[0]) == [f"701234567{n}" for n in range(1, 6)]
