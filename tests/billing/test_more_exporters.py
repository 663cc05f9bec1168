"""Punctuation, titles and rows as some programs write them."""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.errors import NeedsAnswerError
from cabinet.billing.importer import import_billing
from cabinet.billing.layout import Layout
from cabinet.billing.recognition import recognise
from cabinet.billing.source import Source
from cabinet.models import Account, Charge

OCTOBER = date(2026, 10, 1)
TITLES = ["Лицевой счёт", "Период", "Адрес", "К оплате"]
Rows = list[list[str]]


def rows() -> Rows:
    return [[f"7012{n:04}", "10.2026", f"г. Химки, ул. Садовая, д. {n}", f"{n}00.50"] for n in range(1, 10)]


def joined(table: Rows, delimiter: str = ";", quote: str = "") -> str:
    return "".join(delimiter.join(f"{quote}{cell}{quote}" for cell in row) + "\n" for row in table)


def save(tmp_path: Path, text: str) -> Path:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    return tmp_path / "a.csv"


def layout(tmp_path: Path, text: str) -> Layout:
    return recognise(Source(save(tmp_path, text))).layout


def check(tmp_path: Path, text: str, others: int = 0, rejected: int = 0) -> None:
    """The text has the rows above and so many lines that are no rows of accounts, below the titles."""
    report = import_billing(save(tmp_path, text), max_rejects=100)
    assert (report.reasons, report.warnings) == ({}, []) or rejected
    assert report.tally.complete and (report.tally.other, report.rejected) == (others + 1, rejected)
    assert {a.number: a.address for a in Account.select()} == {row[0]: row[2] for row in rows()}
    assert {c.account: c.amount_due for c in Charge.select()} == {
        row[0]: round(float(row[3]) * 100) for row in rows()
    }


@pytest.mark.parametrize("delimiter", [", ", "; ", ",   ", "\t "])
def test_quotes_after_a_space(database: peewee.Database, tmp_path: Path, delimiter: str) -> None:
    check(tmp_path, joined([TITLES, *rows()], delimiter, '"'))


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_single_quotes(database: peewee.Database, tmp_path: Path, delimiter: str) -> None:
    check(tmp_path, joined([TITLES, *rows()], delimiter, "'"))


def test_files_put_together_with_their_marks(database: peewee.Database, tmp_path: Path) -> None:
    parts = [[TITLES, *rows()[:4]], [TITLES, *rows()[4:7]], rows()[7:]]
    check(tmp_path, "".join("\ufeff" + joined(part) for part in parts), others=1)


@pytest.mark.parametrize("word", ["NULL", "NaN", "nan", "None", "<NA>", "\\N", '"NULL"'])
def test_words_for_nothing_are_nothing(database: peewee.Database, tmp_path: Path, word: str) -> None:
    table = [[*TITLES, "Начислено", "Фамилия"], *([*row, word, word] for row in rows())]
    check(tmp_path, joined(table))
    assert {account.last_name for account in Account.select()} == {""}
    assert {charge.amount_charged for charge in Charge.select()} == {None}


@pytest.mark.parametrize("word", ["NULL", "None", "nan", "-", "нет данных"])
def test_words_for_nothing_are_nothing_on_every_line(
    database: peewee.Database, tmp_path: Path, word: str
) -> None:
    table = [
        [f"{n}", "10.2026", f"г. Химки, ул. Садовая, д. {n}", "100.50", "Лисина"] for n in range(1000, 1300)
    ]
    table[250][4] = word
    lost = [["9999", "10.2026", word, "1.00", "Лисин"]]
    report = import_billing(save(tmp_path, joined([[*TITLES, "Фамилия"], *table, *lost])))
    assert {account.last_name for account in Account.select()} == {"", "Лисина"}
    assert report.reasons == {"нет адреса": 1}


def test_a_name_that_begins_as_a_word_for_nothing_stays(database: peewee.Database, tmp_path: Path) -> None:
    table = [[*TITLES, "Фамилия"], *([*row, "NaNа"] for row in rows())]
    check(tmp_path, joined(table))
    assert {account.last_name for account in Account.select()} == {"NaNа"}


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_rows_quoted_a_second_time(database: peewee.Database, tmp_path: Path, delimiter: str) -> None:
    once = joined([TITLES, *rows()], delimiter, '"').splitlines()
    check(tmp_path, "".join(f'"{line.replace(chr(34), chr(34) * 2)}"\n' for line in once))


def test_a_short_table_padded_with_nuls(database: peewee.Database, tmp_path: Path) -> None:
    check(tmp_path, joined([TITLES, *rows()]) + "\0" * 2000, others=1)


@pytest.mark.parametrize(
    "title",
    ["Сумма, подлежащая оплате", "Итого к опл., руб.", "Сальдо исх.", "SUMMA_K_OPL", "К опл. руб"],
)
def test_short_titles_of_the_sum(tmp_path: Path, title: str) -> None:
    assert layout(tmp_path, joined([[*TITLES[:3], title], *rows()])).columns[3] == "amount_due"


def test_types_of_streets_letters_and_rooms_are_parts_of_an_address(
    database: peewee.Database, tmp_path: Path
) -> None:
    titles = ["Л/с", "Период", "Нас. пункт", "Тип улицы", "Улица", "Дом", "Лит.", "Кв.", "Комн.", "К оплате"]
    table = [
        ["7001", "10.2026", "Химки", "пр-кт", "Мира", "5", "А", "1.0", "", "1.00"],
        ["7002", "10.2026", "Химки", "ул.", "ул. Мира", "5", "", "2", "3", "1.00"],
    ]
    assert import_billing(save(tmp_path, joined([titles, *table]))).accepted == 2
    assert {account.number: (account.address, account.premises) for account in Account.select()} == {
        "7001": ("Химки, пр-кт Мира, д. 5, литера А, кв. 1", "1"),
        "7002": ("Химки, ул. Мира, д. 5, кв. 2, комн. 3", "2"),
    }


def test_titles_wrapped_into_two_rows(tmp_path: Path) -> None:
    above = ["№", "Лицевой", "Расчётный", "Адрес", "Суммы", "", ""]
    below = ["п/п", "счёт", "месяц", "помещения", "Начислено", "Оплачено", "К оплате"]
    table = [[str(n), *row[:3], "1.00", "0", row[3]] for n, row in enumerate(rows(), 1)]
    assert layout(tmp_path, joined([above, below, *table])).columns == (
        *(None, "account", "period", "address", "amount_charged", "amount_paid", "amount_due"),
    )


def test_parts_of_an_address_below_a_title_of_all_stay_parts(tmp_path: Path) -> None:
    above = ["Лицевой счёт", "Период", "Адрес", "", "", "К оплате"]
    below = ["", "", "Улица", "Дом", "Квартира", ""]
    table = [["7012", "10.2026", "ул. Мира", "3", "1", "5.00"]] * 3
    found = layout(tmp_path, joined([above, below, *table])).columns
    assert found == ("account", "period", "street", "house", "premises", "amount_due")


@pytest.mark.parametrize("month", ["Октябрь", "окт.", "10"])
def test_a_month_without_its_year_is_asked_about(
    database: peewee.Database, tmp_path: Path, month: str
) -> None:
    file = save(tmp_path, joined([TITLES, *([row[0], month, *row[2:]] for row in rows())]))
    with pytest.raises(NeedsAnswerError, match="без года"):
        import_billing(file)
    assert import_billing(file, answers=Answers(period=OCTOBER)).accepted == 9


@pytest.mark.parametrize("heading", ["Дом 19", "ул. Садовая, д. 3", "Участок № 2"])
def test_the_sum_of_a_house_is_no_row(database: peewee.Database, tmp_path: Path, heading: str) -> None:
    check(tmp_path, joined([TITLES, *rows()[:4], [heading, "", "", "400.00"], *rows()[4:]]), others=1)


@pytest.mark.parametrize("ditto", ["то же", "Там же", "ТО ЖЕ", "-//-", '"', "—"])
def test_an_address_that_points_to_the_one_above_is_not_stored(
    database: peewee.Database, tmp_path: Path, ditto: str
) -> None:
    lost = ["70999", "10.2026", ditto, "5.00"]
    check(tmp_path, joined([TITLES, *rows()[:4], lost, *rows()[4:]]), rejected=1)


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Итого к оплате за расчетный период, руб.", "amount_charged"),
        ("Исходящий остаток", "amount_due"),
        ("Итог", "amount_due"),
        ("Total", "amount_due"),
    ],
)
def test_titles_of_sums(tmp_path: Path, title: str, field: str) -> None:
    assert layout(tmp_path, joined([[*TITLES[:3], title], *rows()])).columns[3] == field


@pytest.mark.parametrize(
    ("title", "field"),
    [("Ответственный собственник", "full_name"), ("Фамилия И.О.", "full_name"), ("Кв-ра", "premises")],
)
def test_titles_of_people_and_flats(tmp_path: Path, title: str, field: str) -> None:
    assert layout(tmp_path, joined([[*TITLES, title], *([*row, "x"] for row in rows())])).columns[4] == field
