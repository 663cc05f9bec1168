"""Titles, cells and rows of further programs; and registries of other things, which are refused by name."""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.columns import understand
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.mapping import UnknownLayoutError
from cabinet.billing.recognition import recognise
from cabinet.billing.report import Report
from cabinet.billing.source import Source
from cabinet.models import Account, Charge

OCTOBER = date(2026, 10, 1)
TITLES = ["Лицевой счёт", "ФИО", "Адрес", "Период", "К оплате"]
Rows = list[list[str]]


def rows() -> Rows:
    return [
        [f"7012{n:04}", "Лисина А. П.", f"г. Химки, ул. Лесная, д. {n}", "10.2026", f"{n}00,50"]
        for n in range(1, 13)
    ]


def save(tmp_path: Path, table: Rows) -> Path:
    (tmp_path / "a.csv").write_text("".join(";".join(row) + "\r\n" for row in table), encoding="utf-8")
    return tmp_path / "a.csv"


def imported(tmp_path: Path, table: Rows) -> Report:
    return import_billing(save(tmp_path, table), answers=Answers(OCTOBER))


def due() -> dict[str, int | None]:
    return {charge.account: charge.amount_due for charge in Charge.select().order_by(Charge.account)}


@pytest.mark.parametrize(
    "titles",
    [
        ["Л/С", "Абонент (ФИО)", "Адрес абонента", "Расч. период", "Сальдо на кон."],
        ["Номер Л.С.", "ФИО кв/съемщика", "Адрес помещ.", "Период", "Сумма к опл., руб.коп."],
        ["NLS", "FIO", "ADRES", "PERIOD", "SUMDOLG"],
        ["LSCHET", "FIO", "ADDR", "PER", "SUMMA"],
        ["NOM_LS", "FIO", "ADRESS", "MES", "ITOGO"],
        ["LICSCHET", "FIO", "ADDRESS", "PERIOD", "K_OPLATE"],
        ["KOD_LS", "FIO", "ADR", "MONTH_YEAR", "SALDO_K"],
        ["№ лиц.счета", "Отв. квартиросъемщик", "Адрес", "Месяц", "Сумма к оплате с учётом долга/переплаты"],
        ["Номер ЛС", "Собственник/наниматель", "Адрес дома, квартиры", "Расчетный месяц", "Итого с пени"],
        ["Л/С", "ФИО", "Адрес точки поставки", "Период", "Задолженность на конец расчетного периода"],
    ],
)  # fmt: skip
def test_titles(titles: list[str]) -> None:
    assert understand(titles, {}).names == ("account", "full_name", "address", "period", "amount_due")


@pytest.mark.parametrize("title", ["SALDO_N", "Сальдо на нач.", "Сальдо нач. Дт", "Сальдо на начало Дебет"])
def test_what_was_owed_before_is_not_what_is_to_be_paid(title: str) -> None:
    assert understand(["LS", title, "NACH"], {}).names == ("account", None, "amount_charged")


@pytest.mark.parametrize(
    "titles", [["Долг на конец", "Переплата на конец"], ["Сальдо кон. Дт", "Сальдо кон. Кт"]]
)
def test_what_is_owed_and_what_was_overpaid(
    database: peewee.Database, tmp_path: Path, titles: list[str]
) -> None:
    pairs = [("100,50", ""), ("0,00", "50,05"), ("", "7"), ("3,00", "5,10"), ("", "")]
    table = [[*row[:4], *pair] for row, pair in zip(rows(), pairs, strict=False)]
    report = import_billing(save(tmp_path, [[*TITLES[:4], *titles], *table]), max_rejects=50)
    assert list(due().values()) == [10050, -5005, -700, -210] and report.rejected == 1


def test_what_was_overpaid_is_not_subtracted_twice() -> None:
    names = understand([*TITLES, "Переплата на конец"], {}).names
    assert names == ("account", "full_name", "address", "period", "amount_due", None)


def test_columns_of_each_service_are_not_the_sum(database: peewee.Database, tmp_path: Path) -> None:
    above = [*TITLES[:4], "Отопление", "", "Домофон", "", "Итого", ""]
    below = ["", "", "", "", *["Начислено", "К оплате"] * 3]
    table = [[*row[:4], "1,00", "2,00", "3,00", "4,00", "5,00", row[4]] for row in rows()]
    report = imported(tmp_path, [above, below, *table])
    assert not report.warnings and due()["70120003"] == 30050
    assert {charge.amount_charged for charge in Charge.select().order_by(Charge.account)} == {500}


def test_a_sum_that_says_more_is_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    titles = [*TITLES[:4], "Сумма", "Пени", "Итого со штрафами"]
    report = imported(tmp_path, [titles, *([*row, "1,00", "9,00"] for row in rows())])
    assert [warning.code for warning in report.unanswered] == ["other-sum"] and not due()
    assert "«Сумма»" in report.warnings[0].sentence and "«Итого со штрафами»" in report.warnings[0].sentence


@pytest.mark.parametrize(
    ("titles", "cells"),
    [
        ("Город;Улица;Адрес дома, квартиры", "г. Химки;ул. Лесная;д. 1, кв. 3"),
        ("Город;Улица;Адрес (дом, кв.)", "г. Химки;ул. Лесная;1, кв. 3"),
        ("Адрес дома, квартиры;Город;Улица", "г. Химки, Лесная ул, д. 1, кв. 3;г. Химки;ул. Лесная"),
        ("Город;Улица;Дом;Кв;Адрес дома, квартиры", "г. Химки;ул. Лесная;1;3;д. 1, кв. 3"),
        ("Город;Улица;Адрес дома;Кв", "г. Химки;ул. Лесная;1;3"),
        ("Город;Улица, дом;Кв", "г. Химки;ул. Лесная, д. 1;3"),
        ("Город;Улица;Адрес", "г. Химки;ул. Лесная;г. Химки, ул. Лесная, д. 1, кв. 3"),
    ],
)
def test_an_address_keeps_its_street(
    database: peewee.Database, tmp_path: Path, titles: str, cells: str
) -> None:
    table = [["Лицевой счёт", "К оплате", *titles.split(";")], ["70120001", "100,50", *cells.split(";")]]
    assert imported(tmp_path, table).accepted == 1
    address = Account.get().address
    assert "Химки" in address and address.count("Лесная") == 1 and address.endswith("д. 1, кв. 3")


@pytest.mark.parametrize(
    ("titles", "asked"),
    [
        ("Начислено;Долг к оплате", True),
        ("Начислено;Итого к оплате с льготой", True),
        ("Начислено;Сумма к оплате без страховки;Сумма к оплате со страховкой", True),
        ("Начислено;Переплата на конец", True),
        ("Начислено;Остаток долга на конец", True),
        ("Задолженность на конец;Итого к оплате с учетом пени и льгот", True),
        ("К оплате;Всего к оплате с учетом пени и страховки", True),
        ("Долг;Итого с учетом перерасчета", True),
        ("Начислено;Итого к оплате за расчетный период;К оплате", False),
        ("Итого к оплате;К оплате по услугам с учетом льгот", False),
        ("К оплате;К оплате без пени", False),
        ("Начислено;Долг на начало;Оплачено", False),
        ("Начислено;Сальдо на начало;Дата к оплате;Всего площадь", False),
        ("Сумма;Показания на конец", False),
        ("Итого площадь;Сумма", False),
        ("Всего проживает;Долг;Начислено", False),
        ("Итого тариф;Итого", False),
    ],
)
def test_a_sum_to_be_paid_that_nobody_knows_is_asked_about(titles: str, asked: bool) -> None:
    warnings = understand(["Лицевой счёт", "Адрес", *titles.split(";")], {}).warnings
    assert any(warning.code == "other-sum" for warning in warnings) == asked


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        ("Начислено;Пени;Итого с пени;К оплате", ["amount_charged", None, None, "amount_due"]),
        ("Общ. пл.;Опл.;Сумма", [None, None, "amount_due"]),
        ("Итого с пени", ["amount_due"]),
    ],
)
def test_titles_side_by_side(titles: str, names: list[str | None]) -> None:
    assert understand(["Лицевой счёт", *titles.split(";")], {}).names == ("account", *names)


def test_three_columns_of_one_thing_are_one_question() -> None:
    (warning,) = understand([*TITLES, "К оплате", "К оплате"], {}).warnings
    assert warning.sentence.startswith("Несколько колонок об одном") and "(столбец 7)" in warning.sentence


@pytest.mark.parametrize(
    ("place", "cell", "expected"),
    [(0, '"=T(""70120001"")"', 10050), (0, '"=Т(""70120001"")"', 10050), (4, "100,50 К", -10050),
     (4, "100,50 Д", 10050), (4, "100,50 DB", 10050), (3, "2026.10.", 10050), (3, "10.2026.", 10050)],
)  # fmt: skip
def test_cells(database: peewee.Database, tmp_path: Path, place: int, cell: str, expected: int) -> None:
    table = rows()
    table[0][place] = cell
    assert imported(tmp_path, [TITLES, *table]).rejected == 0
    assert due()["70120001"] == expected


@pytest.mark.parametrize("last", [["12", "Итого", "", "", "99,00"], ["Дата: 05.11.2026", "", "", "", ""]])
def test_rows_of_no_account(database: peewee.Database, tmp_path: Path, last: list[str]) -> None:
    report = imported(tmp_path, [TITLES, *rows(), last])
    assert (report.accepted, report.rejected, report.tally.other) == (12, 0, 2)


def test_somebody_called_total_is_not_lost(database: peewee.Database, tmp_path: Path) -> None:
    report = imported(tmp_path, [TITLES, *rows(), ["70129999", "Итого", "", "", "99,00"]])
    assert report.rejected == 1


@pytest.mark.parametrize(
    ("titles", "words"),
    [
        (
            ["Лицевой счёт", "ФИО", "Адрес", "Показание предыдущее", "Показание текущее"],
            "показания счётчиков",
        ),
        (["Лицевой счёт", "Адрес", "Показания нач.", "Показания кон.", "Итого"], "показания счётчиков"),
        (["Лицевой счёт", "ФИО", "Адрес", "Дата оплаты", "Сумма"], "реестр оплат"),
    ],
)
def test_registries_of_other_things(tmp_path: Path, titles: list[str], words: str) -> None:
    table = [[row[0], *row[1:3], "05.10.2026", row[4]] for row in rows()]
    with pytest.raises(UnreadableFileError, match=words):
        recognise(Source(save(tmp_path, [titles, *table])))


@pytest.mark.parametrize(
    "beside",
    [
        ["Показание", "Сумма к оплате"], ["Дата оплаты", "Сумма к оплате"], ["Показание", "Сумма"],
        ["Показание ХВС", "Итого, руб."], ["Показание", "Всего (₽)"], ["Дата оплаты", "Долг"],
    ],
)  # fmt: skip
def test_charges_beside_readings_or_the_last_payment(
    database: peewee.Database, tmp_path: Path, beside: list[str]
) -> None:
    table = [[*row[:3], "05.10.2026", row[4]] for row in rows()]
    assert imported(tmp_path, [["Лицевой счёт", "ФИО", "Адрес", *beside], *table]).accepted == 12


def test_a_sum_that_nobody_knows_is_asked_for_beside_a_day_of_payment(tmp_path: Path) -> None:
    table = [[row[0], *row[1:3], "05.10.2026", row[4]] for row in rows()]
    with pytest.raises(UnknownLayoutError):
        titles = ["Лицевой счёт", "ФИО", "Адрес", "Дата оплаты", "Сколько"]
        recognise(Source(save(tmp_path, [titles, *table])))


def test_titles_that_nobody_knows_are_no_row_of_a_registry(database: peewee.Database, tmp_path: Path) -> None:
    table = [[row[1], row[2], row[0], row[4]] for row in rows()]
    with pytest.raises(UnknownLayoutError) as asked:
        imported(tmp_path, [["KTO", "GDE", "KOD", "SKOLKO"], *table])
    assert asked.value.preview.titles == ("KTO", "GDE", "KOD", "SKOLKO")
    assert imported(tmp_path, table).accepted == 12 and Account.select().count() == 12
