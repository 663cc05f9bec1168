"""One truth written in every encoding, delimiter and layout gives the same rows."""

import itertools
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import time_machine

from cabinet.billing.batches import AMOUNTS, TEXTS, Reject
from cabinet.billing.readers.delimited import DelimitedReader
from cabinet.billing.source import Source

OCTOBER = date(2026, 10, 1)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "koi8-r", "iso8859-5", "mac-cyrillic")
Truth = dict[str, str]
Table = tuple[list[str], list[list[str]]]


def truth(rows: int) -> list[Truth]:
    chance = random.Random(7)
    streets = (
        "Садовая",
        "8 Марта",
        "40 лет Октября",
        "1-я Парковая",
        "Героев-Панфиловцев",
        "Щёлковское шоссе",
    )
    names = (
        ("Ёлкина", "Анна", "Ильинична"),
        ("Мамедов", "Рашид", "Гусейн оглы"),
        ("Римская-Корсакова", "Яна", ""),
    )
    return [
        {
            "account": chance.choice(("", "00")) + str(7012300000 + n),
            "house": str(chance.randrange(1, 200)),
            "street": chance.choice(streets), "flat": str(n), "city": "г. Верхнереченск",
            "due": f"{chance.randrange(0, 900_000)}.{chance.randrange(100):02d}",
            **dict(zip(("last", "first", "middle"), chance.choice(names), strict=True)),
        }
        for n in range(1, rows + 1)
    ]  # fmt: skip


def address(t: Truth) -> str:
    return f"{t['city']}, {t['street']}, д. {t['house']}, кв. {t['flat']}"


def canonical(rows: list[Truth]) -> Table:
    titles = [
        "account",
        "period",
        "address",
        "amount_due",
        "last_name",
        "first_name",
        "middle_name",
        "premises",
    ]
    return titles, [
        [t["account"], "2026-10", address(t), t["due"], t["last"], t["first"], t["middle"], t["flat"]]
        for t in rows
    ]


def in_parts(rows: list[Truth]) -> Table:
    titles = [
        "№ п/п",
        "№ лицевого счёта",
        "Месяц",
        "Год",
        "Город",
        "Улица",
        "Дом",
        "Квартира",
        "ФИО",
        "К оплате, руб.",
    ]
    return titles, [
        [str(n), t["account"], "10", "2026", t["city"], t["street"], t["house"], t["flat"],
         f"{t['last']} {t['first']} {t['middle']}".strip(), t["due"].replace(".", ",")]
        for n, t in enumerate(rows, 1)
    ]  # fmt: skip


def decorated(rows: list[Truth]) -> Table:
    titles = ["Лицевой счет *", "Расчетный период:", "Адрес помещения", "Кв.", "Фамилия", "Имя",
              "Отчество (при наличии)",
              "Сумма", "Итого к оплате, руб."]  # fmt: skip
    spellings = itertools.cycle(("окт.26", "10.2026", "Октябрь 2026 г.", "46296", "01.10.2026 - 31.10.2026"))
    return titles, [
        [f'="{t["account"]}"', next(spellings), address(t), t["flat"], t["last"], t["first"],
         t["middle"], "1,00",
         t["due"].replace(".", ",") + " руб."]
        for t in rows
    ]  # fmt: skip


def write(path: Path, table: Table, encoding: str, delimiter: str, above: list[str]) -> None:
    def cell(text: str) -> str:
        quoted = delimiter in text or '"' in text
        return '"' + text.replace('"', '""') + '"' if quoted else text

    lines = [*above, *(delimiter.join(map(cell, row)) for row in (table[0], *table[1]))]
    path.write_bytes("\r\n".join(lines).encode(encoding, "replace"))


def stored(path: Path) -> list[tuple[object, ...]]:
    rejects: list[Reject] = []
    reader = DelimitedReader(Source(path, reject=rejects.append))
    rows = [
        (batch.period, *row)
        for batch in reader
        for row in zip(batch.numbers, batch.printed, *batch.texts, *batch.amounts, strict=True)
    ]
    assert not rejects and reader.tally.complete and len(rows) == reader.tally.accepted
    return rows


def check(
    path: Path, rows: list[Truth], encoding: str, delimiter: str, layout: Callable[[list[Truth]], Table]
) -> None:
    above = ["sep=" + delimiter] if delimiter in ";|" and layout is decorated else []
    write(path, layout(rows), encoding, delimiter, above)
    names = ["period", "number", "printed", *TEXTS, *AMOUNTS]
    for row, t in zip(stored(path), rows, strict=True):
        said = dict(zip(names, row, strict=True))
        assert said["period"] == OCTOBER and said["printed"] == t["account"]
        assert said["address"] == address(t) and said["premises"] == t["flat"]
        assert (said["last_name"], said["first_name"], said["middle_name"]) == (
            t["last"],
            t["first"],
            t["middle"],
        )
        assert int(str(said["amount_due"])) == int(t["due"].replace(".", ""))


@pytest.mark.sample(2)
@pytest.mark.parametrize("layout", [canonical, in_parts, decorated])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_one_truth_in_every_encoding(
    tmp_path: Path, delimiter: str, layout: Callable[[list[Truth]], Table]
) -> None:
    rows = truth(120)
    with time_machine.travel("2026-11-25"):
        for encoding in ENCODINGS:
            check(tmp_path / "b.csv", rows, encoding, delimiter, layout)


@pytest.mark.sample(3)
@pytest.mark.parametrize(("place", "encoding"), [*enumerate(ENCODINGS)])
def test_one_large_truth_in_every_encoding(tmp_path: Path, place: int, encoding: str) -> None:
    """Layouts and delimiters take turns."""
    layout, delimiter = (canonical, in_parts, decorated)[place % 3], ";,\t|"[place % 4]
    with time_machine.travel("2026-11-25"):
        check(tmp_path / "b.csv", truth(20_000), encoding, delimiter, layout)


@pytest.mark.slow
@pytest.mark.parametrize("layout", [canonical, in_parts, decorated])
def test_one_large_truth_in_every_layout(tmp_path: Path, layout: Callable[[list[Truth]], Table]) -> None:
    with time_machine.travel("2026-11-25"):
        for encoding in ENCODINGS:
            check(tmp_path / "b.csv", truth(20_000), encoding, ";", layout)
