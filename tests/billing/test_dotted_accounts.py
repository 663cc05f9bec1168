"""Accounts that are a house, a dot and a number in it are taken; decimals are not."""

from collections.abc import Callable, Sequence
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.models import Account
from tests.billing.formats import writers
from tests.billing.formats.dbf_table import records
from tests.billing.formats.truth import PERIOD

Writer = Callable[[Path, Sequence[object]], Path]
TITLES: list[object] = ["Лицевой счёт", "Период", "Адрес", "ФИО", "К оплате"]
DOTTED = [
    *("07.123009", "07.123010", "12.123009", "12.123010"),
    *("77.12345", "77.12346", "78.12350"),
    *("5.1234567", "5.1234568", "6.1234500"),
]
COLUMNS = [DOTTED[:4], DOTTED[4:7], DOTTED[7:]]


def rows(accounts: Sequence[object]) -> list[list[object]]:
    return [
        [account, f"{PERIOD:%m.%Y}", f"г. Клин, ул. Лесная, д. {n}", "Лисина Анна", f"{n},00"]
        for n, account in enumerate(accounts, 1)
    ]


def lines(tmp_path: Path, accounts: Sequence[object]) -> Path:
    text = "".join(f"{';'.join(map(str, row))}\r\n" for row in (TITLES, *rows(accounts)))
    (tmp_path / "a.csv").write_bytes(text.encode("cp1251"))
    return tmp_path / "a.csv"


def sheet(tmp_path: Path, accounts: Sequence[object]) -> Path:
    return writers.workbook(tmp_path / "a.xlsx", {"Лист1": [[*TITLES], *rows(accounts)]})


def dbf(tmp_path: Path, accounts: Sequence[object]) -> Path:
    table = [
        [
            str(account),
            "Лисина",
            "Анна",
            "",
            f"г. Клин, ул. Лесная, д. {n}",
            f"{PERIOD:%Y%m%d}",
            "1.00",
            "1.00",
        ]
        for n, account in enumerate(accounts, 1)
    ]
    return records(tmp_path / "a.dbf", writers.DBF_FIELDS, table)


def xml(tmp_path: Path, accounts: Sequence[object]) -> Path:
    items = "".join(
        f'<item platelshik="Лисина Анна" nomerls="{account}" koplate="1.00" '
        f'pomeshenie="г. Клин, ул. Лесная, д. {n}"/>'
        for n, account in enumerate(accounts, 1)
    )
    text = f'<?xml version="1.0"?><platezhki period="{PERIOD:%Y.%m}">{items}</platezhki>'
    (tmp_path / "a.xml").write_text(text, encoding="utf-8")
    return tmp_path / "a.xml"


def registry(tmp_path: Path, accounts: Sequence[object]) -> Path:
    text = "".join(
        f"Лисина Анна Петровна;г. Клин, ул. Лесная, д. {n};{account};{n},50\r\n"
        for n, account in enumerate(accounts, 1)
    )
    (tmp_path / "a.txt").write_bytes(text.encode("cp1251"))
    return tmp_path / "a.txt"


def imported(path: Path) -> Report:
    return import_billing(path, max_rejects=100, answers=Answers(PERIOD))


def printed() -> list[str]:
    return sorted(account.printed for account in Account.select())


@pytest.mark.parametrize("accounts", COLUMNS)
@pytest.mark.parametrize("write", [lines, dbf, xml, registry])
def test_a_house_and_a_number_with_a_dot_between_are_an_account(
    database: peewee.Database, tmp_path: Path, write: Writer, accounts: list[str]
) -> None:
    assert imported(write(tmp_path, accounts)).rejected == 0
    assert printed() == sorted(accounts)


@pytest.mark.parametrize("accounts", [["12345.5", "12346.5"], ["12345,50", "12346,50"], ["12345.75", "1.25"]])
@pytest.mark.parametrize("write", [lines, dbf, xml])
def test_a_sum_is_no_account(
    database: peewee.Database, tmp_path: Path, write: Writer, accounts: list[str]
) -> None:
    assert imported(write(tmp_path, accounts)).rejected == 2 and not printed()


@pytest.mark.parametrize(
    "accounts",
    [
        ["12.123009", "12.12301", "12.123011"],  # the last nought is lost
        ["12345.000", "12345.125", "12345.250", "12345.375"],
        ["12.123009", "12,123010", "12.123011"],
    ],
)
@pytest.mark.parametrize("write", [lines, dbf])
def test_a_column_that_became_decimals_is_refused(
    database: peewee.Database, tmp_path: Path, write: Writer, accounts: list[str]
) -> None:
    imported(write(tmp_path, accounts))
    assert not {"12.123009", "12.12301", "12345.125", "12345.250"} & set(printed())


@pytest.mark.parametrize("write", [lines, dbf])
def test_a_decimal_among_other_numbers_is_refused(
    database: peewee.Database, tmp_path: Path, write: Writer
) -> None:
    assert imported(write(tmp_path, ["7012345", "7012.346", "7012347"])).rejected == 1
    assert printed() == ["7012345", "7012347"]


def test_the_one_that_lost_its_nought_far_below_is_refused(database: peewee.Database, tmp_path: Path) -> None:
    accounts = [f"12.{n}" for n in range(123001, 123301) if n % 10]
    assert imported(lines(tmp_path, [*accounts, "12.12333"])).rejected == 1
    assert printed() == accounts


def test_texts_of_a_sheet_are_taken(database: peewee.Database, tmp_path: Path) -> None:
    assert imported(sheet(tmp_path, COLUMNS[0])).rejected == 0 and printed() == COLUMNS[0]


def test_numbers_of_a_sheet_are_refused(database: peewee.Database, tmp_path: Path) -> None:
    assert imported(sheet(tmp_path, [12.123009, 12.123011])).rejected == 2 and not printed()


def test_a_misread_service_of_a_dotted_account_takes_the_others_along(
    database: peewee.Database, tmp_path: Path
) -> None:
    services = "Лицевой счёт;Период;Адрес;Услуга;К оплате\r\n" + "".join(
        f"12.1230{n};{PERIOD:%m.%Y};г. Клин, ул. Лесная, д. {n};{service};{n + more},00\r\n"
        for n in range(11, 31)
        for more, service in enumerate(("Лифт", "Вода"))
    )
    wrong = services.replace("12.123014;", "12.12314;", 1)
    (tmp_path / "a.csv").write_text(wrong, encoding="utf-8")
    imported(tmp_path / "a.csv")
    assert "12.123014" not in printed() and "12.123011" in printed()
