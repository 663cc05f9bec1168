"""Two files that became one: lines in another encoding are named, and never stored as nonsense."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.importer import import_billing
from cabinet.models import Account

TITLES = "account;period;address;amount_due;last_name\n"


STREETS = ("Лесная", "Героев Панфиловцев", "Профсоюзная", "Речной проезд", "Берёзовая аллея", "Южная", "Мира")
NAMES = ("Кузнецова", "Щербаков", "Хабибуллина", "Жданович", "Эйхман", "Цветкова", "Фёдоров", "Юдина")


def line(n: int) -> str:
    street, name = STREETS[n % len(STREETS)], NAMES[n % len(NAMES)]
    return f"{7012300000 + n};10.2026;г. Верхнереченск, ул. Садовая, {street}, д. {n};100.00;{name}\n"


def write(path: Path, most: str, other: str, places: set[int], rows: int = 60) -> None:
    lines = [line(n).encode(other if n in places else most) for n in range(rows)]
    path.write_bytes(TITLES.encode() + b"".join(lines))


@pytest.mark.parametrize(
    ("most", "other"),
    [("cp1251", "utf-8"), ("utf-8", "cp1251"), ("cp866", "utf-8"), ("koi8-r", "utf-8"), ("cp1251", "cp866"),
     ("cp866", "cp1251"), ("utf-8", "cp866"), ("iso8859-5", "utf-8"), ("mac-cyrillic", "utf-8")],
)  # fmt: skip
def test_lines_in_another_encoding_are_named(
    database: peewee.Database, tmp_path: Path, most: str, other: str
) -> None:
    write(tmp_path / "b.csv", most, other, {7, 8, 40})
    report = import_billing(tmp_path / "b.csv", max_rejects=100)
    assert [(reject.line, reject.reason) for reject in report.rejects] == [
        (place + 2, "строка в другой кодировке, чем остальной файл") for place in (7, 8, 40)
    ]
    assert report.accepted == 57 and report.tally.complete
    assert all("Садовая" in account.address for account in Account.select())


@pytest.mark.parametrize("share", [15, 29, 31, 45])
def test_two_halves_are_never_taken_for_text_encoded_twice(
    database: peewee.Database, tmp_path: Path, share: int
) -> None:
    write(tmp_path / "b.csv", "cp1251", "utf-8", set(range(share)))
    report = import_billing(tmp_path / "b.csv", max_rejects=100)
    assert {report.accepted, report.rejected} == {share, 60 - share}
    assert set(report.reasons) == {"строка в другой кодировке, чем остальной файл"}
    assert all("Садовая" in account.address for account in Account.select())


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r"])
def test_unusual_signs_are_of_the_same_encoding(
    database: peewee.Database, tmp_path: Path, encoding: str
) -> None:
    signs = {"cp1251": "«Ёлка» № 5 – 7… °§·“”", "cp866": "№ 5 °· ├─┤", "koi8-r": "Ёлка ё °·² ├─┤"}[encoding]
    rows = [line(n) for n in range(40)] + [f"7012300099;10.2026;г. Клин, СНТ {signs};5.00;Ёлкин\n"]
    (tmp_path / "b.csv").write_bytes((TITLES + "".join(rows)).encode(encoding))
    report = import_billing(tmp_path / "b.csv")
    assert (report.accepted, report.rejected) == (41, 0), report.rejects
    assert Account.get_by_id("7012300099").address == f"г. Клин, СНТ {signs}"
