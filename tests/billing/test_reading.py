"""Files as billing systems write them."""

import itertools
from pathlib import Path

import peewee
import pytest

from cabinet.billing.amounts import kopecks
from cabinet.billing.batches import Reject
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.fields import FieldError
from cabinet.models import Account, Charge
from tests.billing.files import expected, row, stored, write


@pytest.mark.parametrize(
    ("encoding", "delimiter", "decimal"),
    list(itertools.product(["utf-8", "utf-8-sig", "cp1251"], [";", ",", "\t"], [".", ","])),
)
def test_usual_files(
    database: peewee.Database, tmp_path: Path, encoding: str, delimiter: str, decimal: str
) -> None:
    rows = [
        row(
            "0040571",
            "2026-09",
            f"5381{decimal}12",
            amount_charged=f"5000{decimal}5",
            amount_paid=f"-3{decimal}00",
            last_name="Ёлкина-Петрова",
            first_name="Анна",
            address='СНТ «Ручеёк»; уч. "12", \tдом\n3',
        ),
        row("80РС558347", "10.2026", "0"),
        row("5510044324", "октябрь 2026", f"-150{decimal}30", amount_paid=f"1 000{decimal}00"),
    ]
    file = write(tmp_path / "billing.csv", rows, delimiter=delimiter, encoding=encoding)
    report = import_billing(file)
    assert (report.accepted, report.rejected, report.repeated) == (3, 0, 0)
    assert stored() == expected(rows)[0]
    accounts, charges = stored()
    assert accounts["40571"][0] == "0040571"
    assert accounts["40571"][3] == rows[0]["address"]
    assert {amounts for (_, number), amounts in charges.items() if number == "40571"} == {
        (538112, 500050, -300)
    }


def test_columns_in_any_order_case_and_language(database: peewee.Database, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text(
        " Адрес ;К ОПЛАТЕ;нечто;Лицевой счёт;PERIOD;Фамилия\n"
        "г. Клин, д. 1;10,50;не нужно;77001;2026-10;Лисицына\n",
        encoding="utf-8",
    )
    assert import_billing(tmp_path / "b.csv").accepted == 1
    account = Account.get()
    assert (account.number, account.address, account.last_name) == ("77001", "г. Клин, д. 1", "Лисицына")
    assert Charge.get().amount_due == 1050


def test_blank_lines_and_trailing_delimiters(database: peewee.Database, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(
        "\r\naccount;period;amount_due;address\r\n\r\n1;2026-10;5;а\r\n;;;\r\n   \r\n"
        "2;2026-10;6;б;;\r\n\r\n".encode()
    )
    report = import_billing(tmp_path / "b.csv")
    assert (report.accepted, report.rejected) == (2, 0)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_reasons_and_lines(database: peewee.Database, tmp_path: Path, ending: str) -> None:
    lines = [
        "account;period;amount_due;amount_charged;address",
        "1;2026-10;5;;адрес",
        "счёт;2026-10;5;;адрес",
        "",
        "2;2026-13;5;;адрес",
        "3;2026-10;пять;;адрес",
        "4;2026-10;;;адрес",
        "5;2026-10;5;; ",
        "6;2026-10;5;;" + "я" * 501,
        "7;2026-10;5",
        "8;2026-10;5;;нуль\0внутри",
        "9;2026-10;5;;адрес;лишнее",
    ]
    (tmp_path / "b.csv").write_bytes(ending.join(lines).encode())
    found: list[Reject] = []
    report = import_billing(tmp_path / "b.csv", max_rejects=100, on_reject=found.append)
    assert report.accepted == 1 and report.rejected == 9 and len(found) == 9
    rejects = {reject.line: reject for reject in report.rejects}
    assert sorted(rejects) == [3, 5, 6, 7, 8, 9, 10, 11, 12]
    assert [rejects[line].account for line in sorted(rejects)] == ["", *map(str, range(2, 10))]
    assert all(reject.reason and "адрес" not in reject.account for reject in found)
    reasons = [rejects[line].reason for line in sorted(rejects)]
    assert len(set(reasons)) == 8  # too few and too many columns are one


def test_header_without_a_needed_column(database: peewee.Database, tmp_path: Path) -> None:
    for header in ("account;period;amount_due", "account;period;address", "", "\n\n", "\0\0\0", "жшш;1\n2;3"):
        (tmp_path / "b.csv").write_text(header + "\n1;2026-10;5;адрес\n", encoding="utf-8")
        with pytest.raises(UnreadableFileError):
            import_billing(tmp_path / "b.csv")
    (tmp_path / "b.csv").write_bytes(b"")
    with pytest.raises(UnreadableFileError):
        import_billing(tmp_path / "b.csv")


def test_file_of_one_endless_line(database: peewee.Database, tmp_path: Path) -> None:
    """It is refused before it fills the memory."""
    (tmp_path / "b.csv").write_bytes(b"account;period;amount_due;address\n1;2026-10;5;" + b"x" * (8 << 20))
    try:
        report = import_billing(tmp_path / "b.csv", max_rejects=100)
    except UnreadableFileError:
        return
    assert report.accepted == 0 and report.rejected == 1


def test_quote_that_is_never_closed(database: peewee.Database, tmp_path: Path) -> None:
    """Costs what it swallows, and says so; the rest of the file is read."""
    lines = [f"{n};2026-10;5;{chr(34) if n == 100 else ''}адрес {n}" for n in range(2000)]
    (tmp_path / "b.csv").write_text(
        "account;period;amount_due;address\n" + "\n".join(lines), encoding="utf-8"
    )
    report = import_billing(tmp_path / "b.csv", max_rejects=100)
    assert report.rejected >= 1
    assert Account.get_or_none(Account.number == "1999")


@pytest.mark.parametrize("where", ["end", "middle"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_damaged_utf8_is_not_taken_for_cp1251(
    database: peewee.Database, tmp_path: Path, encoding: str, where: str
) -> None:
    """A byte that was lost must not turn every address of the file into nonsense."""
    file = write(tmp_path / "b.csv", [row(str(n)) for n in range(1, 200)], encoding=encoding)
    data = file.read_bytes()
    cut = data.index("Зел".encode(), len(data) // 2) + 1
    file.write_bytes(data[:cut] if where == "end" else data[:cut] + data[cut + 1 :])
    report = import_billing(file, max_rejects=100)
    assert report.rejected == 1 and report.accepted > 90
    assert not [a for a in Account.select() if "Зелёная" not in a.address]


AMOUNTS = {
    "": None,
    " ": None,
    "0": 0,
    "12": 1200,
    "12.3": 1230,
    "12,30": 1230,
    "12.300": 1230,
    "1234.5600": 123456,
    "-150.30": -15030,
    "−150,30": -15030,
    " 5,00 ": 500,
    "-0.05": -5,
    "к оплате -150,30": -15030,
    "Сумма: -150,30": -15030,
    "итого -150,30": -15030,
    "Итого: 150,30": 15030,
    "1 234,56": 123456,
    "1\xa0234,56": 123456,
    "1,234.56": 123456,
}


@pytest.mark.parametrize("text", AMOUNTS)
def test_amounts(text: str) -> None:
    assert kopecks(text) == AMOUNTS[text]


@pytest.mark.parametrize(
    "text", ["abc", "1.234", "12.345", "1e5", "0x10", "4218б", "42б18", "½", "1;2", "--5", "9" * 20, "|4218|"]
)
def test_amounts_that_are_none(text: str) -> None:
    with pytest.raises(FieldError):
        kopecks(text)
