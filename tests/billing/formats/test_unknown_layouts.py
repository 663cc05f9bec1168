"""Tables whose columns nobody knows are read as staff say, and known again by their key."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.choices import faults
from cabinet.billing.importer import import_billing
from cabinet.billing.mapping import Preview, UnknownLayoutError, key_of, said
from tests.billing.files import stored
from tests.billing.formats import writers
from tests.billing.formats.truth import PERIOD, Home, homes, state

STRANGE = ("Нумерация", "Отрезок", "Где", "Кого", "Как звать", "Чей", "Сколько ждём", "Сколько вышло")
FIELDS = (
    "account", "period", "address", "last_name", "first_name", "middle_name", "amount_due", "amount_charged",
)  # fmt: skip
DBF = ("NUMERACIA", "KOGO", "KAKZVAT", "CHEI", "GDE", "OTREZOK", "ZHDEM", "VYSHLO")
DBF_FIELDS = (
    "account", "last_name", "first_name", "middle_name", "address", "period", "amount_due", "amount_charged",
)  # fmt: skip
SAID = ("address", "last_name", "first_name", "middle_name", "amount_due", "amount_charged")


def lines(path: Path, homes: Sequence[Home], delimiter: str, titles: Sequence[str] = ()) -> Path:
    rows = [list(titles)] if titles else []
    rows += [[str(cell) for cell in row] for row in writers.table(homes)]
    return write(path, "".join(delimiter.join(row) + "\n" for row in rows))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def asked(*files: Path, answers: Answers = Answers()) -> Preview:
    """What is asked about files."""
    with pytest.raises(UnknownLayoutError) as error:
        import_billing(files, answers=answers)
    assert error.value.questions[0].proposal == error.value.preview.key
    return error.value.preview


def answered(shown: Preview, *chosen: str) -> Answers:
    return Answers(layouts={shown.key: said(shown, chosen)})


def dbf(path: Path, homes: Sequence[Home]) -> Path:
    named = [(name, *field[1:]) for name, field in zip(DBF, writers.DBF_FIELDS, strict=True)]
    writers.DBF_FIELDS, before = named, writers.DBF_FIELDS  # type: ignore[assignment]
    try:
        return writers.dbf(path, homes)
    finally:
        writers.DBF_FIELDS = before


TITLED: dict[str, tuple[str, Callable[[Path, Sequence[Home]], Path], Sequence[str]]] = {
    "semicolons": ("a.csv", lambda path, truth: lines(path, truth, ";", STRANGE), FIELDS),
    "tabs": ("a.txt", lambda path, truth: lines(path, truth, "\t", STRANGE), FIELDS),
    "bars": ("a.txt", lambda path, truth: lines(path, truth, "|", STRANGE), FIELDS),
    "xlsx": ("a.xlsx", writers.xlsx, FIELDS),
    "xls": ("a.xls", writers.xls, FIELDS),
    "ods": ("a.ods", writers.ods, FIELDS),
    "dbf": ("a.dbf", dbf, DBF_FIELDS),
}


@pytest.mark.parametrize("name", TITLED)
def test_a_titled_table_is_read_as_staff_say(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    called, make, chosen = TITLED[name]
    monkeypatch.setattr(writers, "TITLES", STRANGE)
    file, truth = make(tmp_path / called, homes()), homes()
    shown = asked(file)
    assert shown.titles == (STRANGE if name != "dbf" else DBF) and len(shown.rows) == 5
    assert shown.key == key_of(shown.titles), "whatever separates the columns"
    report = import_billing(file, answers=answered(shown, *chosen))
    assert report.layout.format.endswith(", ваша раскладка") and report.rejects == []
    assert report.tally.complete and stored() == state(truth, *SAID)


@pytest.mark.parametrize("kind", [";", "|", "\t", "xlsx"])
def test_a_table_without_titles_is_read_by_numbers(
    database: peewee.Database, tmp_path: Path, kind: str
) -> None:
    truth = homes()
    if kind == "xlsx":
        file = writers.workbook(tmp_path / "a.xlsx", {"Лист1": writers.table(truth)})
    else:
        file = lines(tmp_path / "a.csv", truth, kind)
    shown = asked(file)
    assert shown.titles == tuple("12345678") and shown.rows[0][0] == truth[0].account
    assert shown.taken[2] == "address", "what a cell is like is a proposal"
    report = import_billing(file, answers=answered(shown, *FIELDS))
    assert report.rejects == [] and report.tally.complete and stored() == state(truth, *SAID)


def test_numbers_in_rows_are_no_titles(database: peewee.Database, tmp_path: Path) -> None:
    rows = "".join(f"{n};1;г. Клин, д. {n};{n},50;3;да\n" for n in range(1, 30))
    file = write(tmp_path / "a.csv", rows)
    shown = asked(file)
    chosen = ("account", "premises", "address", "amount_due", "", "")
    report = import_billing(file, answers=Answers(PERIOD, layouts=dict(answered(shown, *chosen).layouts)))
    assert report.accepted == 29 and report.rejected == 0 and report.tally.other == 0


def test_two_columns_of_one_title_are_told_apart(database: peewee.Database, tmp_path: Path) -> None:
    text = "Код;Сумма;;Сумма;Где\n" + "".join(f"{n};1,00;x;{n},50;г. Клин, д. {n}\n" for n in range(100, 130))
    file = write(tmp_path / "a.csv", text)
    shown = asked(file)
    assert shown.labels == ["код", "сумма 2", "3", "сумма 4", "где"]
    chosen = ("account", "", "", "amount_due", "address")
    report = import_billing(file, answers=Answers(PERIOD, layouts=dict(answered(shown, *chosen).layouts)))
    assert report.accepted == 30
    assert stored()[1][PERIOD, "100"][:1] == (10050,)


def test_the_key_outlives_decoration_but_not_another_order(tmp_path: Path) -> None:
    assert key_of(("№ Кода", "Сумма, руб.")) == key_of(("N кода:".replace("N", "№"), "СУММА (руб)"))
    assert key_of(("Код", "Где")) != key_of(("Где", "Код"))
    assert key_of(("1", "2"), ";") != key_of(("1", "2", "3"), ";") != key_of(("1", "2", "3"), "|")


def test_each_file_of_an_archive_has_its_layout(database: peewee.Database, tmp_path: Path) -> None:
    first = lines(tmp_path / "a.csv", homes()[:20], ";", STRANGE)
    second = lines(tmp_path / "b.csv", homes()[20:], ";", [title + " там" for title in STRANGE])
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.write(first, "a.csv")
        archive.write(second, "b.csv")
    one = asked(tmp_path / "c.zip")
    known = dict(answered(one, *FIELDS).layouts)
    two = asked(tmp_path / "c.zip", answers=Answers(layouts=known))
    assert one.titles == STRANGE and two.titles[0] == "Нумерация там"
    known |= answered(two, *FIELDS).layouts
    import_billing(tmp_path / "c.zip", answers=Answers(layouts=known))
    assert stored() == state(homes(), *SAID)


def test_identity_papers_are_neither_shown_nor_taken(database: peewee.Database, tmp_path: Path) -> None:
    text = "Код;Паспорт;Где;Сколько;Прочее;Ещё\n" + "".join(
        f"{n};4510 {n}456;г. Клин, д. {n};{n},50;112-233-445 95;45 10 123456\n" for n in range(100, 120)
    )
    file = write(tmp_path / "a.csv", text)
    shown = asked(file)
    assert shown.private == (1,)
    for papers in ("456", "112-233", "123456"):
        assert papers not in str(shown.rows)
    chosen = ("account", "els", "address", "amount_due", "", "")
    assert faults(shown, chosen).columns == {1: "Данные документов мы не загружаем."}
    answers = Answers(PERIOD, layouts={shown.key: said(shown, chosen)})
    report = import_billing(file, answers=answers)
    assert report.accepted == 20 and not any("4510" in str(row) for row in stored()[0].values())


WRONG: dict[str, tuple[tuple[str, ...], dict[int, str], str]] = {
    "right": (("account", "address", "amount_due", "period", ""), {}, ""),
    "no month": (("account", "address", "amount_charged", "", ""), {}, ""),
    "parts of an address": (("account", "", "amount_due", "", "house"), {}, "адрес"),
    "twice": (("account", "address", "amount_due", "period", "amount_due"), {4: "уже выбрано"}, ""),
    "no account": (("", "address", "amount_due", "", ""), {}, "номер лицевого счёта"),
    "no sum": (("account", "address", "", "", ""), {}, "сумма к оплате или начислено"),
    "no accounts there": (("", "account", "amount_due", "", "address"), {1: "не номера"}, ""),
    "no sums there": (("account", "amount_due", "", "", "address"), {1: "не суммы"}, ""),
    "no months there": (("account", "address", "amount_due", "", "period"), {4: "не месяцы"}, ""),
    "no field": (("account", "address", "amount_due", "", "passport"), {4: "Такого поля нет"}, ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_choice_is_told_at_its_column(name: str) -> None:
    chosen, columns, lacking = WRONG[name]
    rows = [(str(n), f"г. Клин, д. {n}", f"{n},50", "2026-10", f"-{n}-") for n in range(5)]
    rows[3] = ("Итого", "", "999,00", "", "")
    told = faults(Preview("", tuple("абвгд"), tuple(rows)), chosen)
    assert dict.fromkeys(told.columns, True) == dict.fromkeys(columns, True)
    assert all(words in told.columns[place] for place, words in columns.items())
    assert (lacking in told.lacking) if lacking else not told.lacking


def test_titles_that_are_partly_known_keep_what_is_known(database: peewee.Database, tmp_path: Path) -> None:
    text = "Нумерация;Адрес;К оплате;Период\n"
    rows: list[Any] = [f"{n};г. Клин, д. {n};{n},50;2026-10\n" for n in range(100, 120)]
    file = write(tmp_path / "a.csv", text + "".join(rows))
    shown = asked(file)
    assert shown.taken == ("account", "address", "amount_due", "period")
    assert import_billing(file, answers=answered(shown, *shown.taken)).accepted == 20
