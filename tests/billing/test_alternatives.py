"""Questions whose possible answers are in the file: its encoding, and whose charges are to be taken."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import peewee
import pytest
from flask import Flask

from cabinet.billing.alternatives import AlternativesError
from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.commands.billing import billing_cli
from cabinet.models import Account, Charge
from cabinet.models.database import db
from tests.billing.formats.dbf_table import records
from tests.billing.formats.writers import workbook

OCTOBER = date(2026, 10, 1)
COMPANIES = ("ООО Домофон", "АО Водоканал", "Фонд капремонта")
TITLES = ["Л/С", "Адрес", "Поставщик", "К оплате"]
Rows = list[list[str]]


def unclear(path: Path) -> Path:
    """A file whose few letters may be of several encodings."""
    path.write_bytes("LS;ADRES;SUMMA\r\n70120001;Х 5-1;100,50\r\n70120002;Х 5-2;200,50\r\n".encode("koi8-r"))
    return path


def rows() -> Rows:
    """Each account has charges of three companies, those of the second ones alike."""
    return [
        [f"7012{n:04}", f"г. Химки, ул. Лесная, д. {n}", company, f"{n * place},50"]
        for n in range(1, 8)
        for place, company in enumerate(COMPANIES, 1)
    ]


def supplied(path: Path, table: Rows, kind: str = "csv", titles: Sequence[list[str]] = (TITLES,)) -> Path:
    if kind == "xlsx":
        return workbook(path, {"Лист1": [*titles, *table]})
    if kind == "dbf":
        named = (("LS", "C", 10, 0), ("ADRES", "C", 60, 0), ("POSTAVSHIK", "C", 30, 0), ("SUMMA", "N", 10, 2))
        return records(path, named, [[*row[:3], row[3].replace(",", ".")] for row in table])
    path.write_text("".join(";".join(row) + "\r\n" for row in [*titles, *table]), encoding="utf-8")
    return path


def asked(file: Path) -> AlternativesError:
    with pytest.raises(AlternativesError) as error:
        import_billing(file, answers=Answers(OCTOBER))
    return error.value


def chosen(file: Path, **said: str) -> Report:
    return import_billing(file, answers=Answers(OCTOBER, chosen=said))


def test_an_unclear_encoding_is_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    file = unclear(tmp_path / "a.csv")
    question = asked(file)
    found = {each.value: each.lines for each in question.found}
    assert question.code == "encoding" and 2 <= len(found) <= 5
    assert found["koi8-r"] == ("…;Х 5-1;100,50", "…;Х 5-2;200,50"), "without numbers of accounts"
    assert len(set(found.values())) == len(found)
    assert chosen(file, encoding="koi8-r").accepted == 2
    assert {account.address for account in Account.select()} == {"Х 5-1", "Х 5-2"}


def test_an_encoding_that_is_not_likely_is_not_taken(database: peewee.Database, tmp_path: Path) -> None:
    with pytest.raises(AlternativesError):
        chosen(unclear(tmp_path / "a.csv"), encoding="utf-16-le")
    file = supplied(tmp_path / "b.csv", [row for row in rows() if row[2] == COMPANIES[0]])
    chosen(file, encoding="koi8-r")
    assert {account.address[:8] for account in Account.select()} == {"г. Химки"}, "it is certain"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "dbf"])
def test_charges_of_one_company_are_taken(database: peewee.Database, tmp_path: Path, kind: str) -> None:
    file = supplied(tmp_path / f"a.{kind}", [*rows(), ["", "", "", "99,00"]], kind)
    assert [each.value for each in asked(file).found] == [*COMPANIES, "*"]
    report = chosen(file, supplier=COMPANIES[1])
    assert report.tally.complete and report.rejected == 0 and report.accepted == 7
    assert report.layout.format.endswith("только «АО Водоканал»")
    assert {charge.account: charge.amount_due for charge in Charge.select()} == {
        f"7012{n:04}": n * 200 + 50 for n in range(1, 8)
    }


@pytest.mark.parametrize("services", [False, True])
def test_charges_of_all_companies_are_added_up(
    database: peewee.Database, tmp_path: Path, services: bool
) -> None:
    table = [[*row, "Содержание"] for row in rows()] if services else rows()
    table[1][3] = table[0][3]
    titles = [*TITLES, "Услуга"] if services else TITLES
    report = chosen(supplied(tmp_path / "a.csv", table, titles=[titles]), supplier="*")
    assert (report.accepted, report.rejected, report.repeated) == (21, 0, 0)
    assert Charge.get(Charge.account == "70120002").amount_due == (2 + 4 + 6) * 100 + 150
    assert Charge.get(Charge.account == "70120001").amount_due == (1 + 1 + 3) * 100 + 150


def test_a_charge_of_nobody_is_rejected(database: peewee.Database, tmp_path: Path) -> None:
    table = [*rows() * 3, ["70120003", "г. Химки, ул. Лесная, д. 3", "", "7,00"]]
    report = chosen(supplied(tmp_path / "a.csv", table), supplier=COMPANIES[0])
    assert report.reasons == {"не указан поставщик": 1} and report.tally.complete


def test_companies_with_accounts_of_their_own_are_not_asked_about(
    database: peewee.Database, tmp_path: Path
) -> None:
    table = [[row[0], row[1], COMPANIES[n % 2], row[3]] for n, row in enumerate(rows()[::3])]
    assert import_billing(supplied(tmp_path / "a.csv", table), answers=Answers(OCTOBER)).accepted == 7


def test_the_command_line_lists_what_may_be_chosen(database: peewee.Database, tmp_path: Path) -> None:
    file, app = unclear(tmp_path / "a.csv"), Flask("wsgi")
    app.cli.add_command(billing_cli)
    db.close()  # commands open their own
    arguments = ["billing", "import", "--period", "2026-10", str(file)]
    told = app.test_cli_runner().invoke(args=arguments)
    assert told.exit_code == 2 and '--choose "encoding=koi8-r"' in told.output and "Х 5-1" not in told.output
    done = app.test_cli_runner().invoke(args=[*arguments, "--choose", "encoding=koi8-r"])
    assert done.exit_code == 0, done.output


def test_a_total_of_all_companies_is_not_that_of_the_chosen_one(
    database: peewee.Database, tmp_path: Path
) -> None:
    whole = sum(n * place for n in range(1, 8) for place in (1, 2, 3)) + 11
    table = [*rows(), ["Итого", "", "", f"{whole},00"]]
    assert not chosen(supplied(tmp_path / "a.csv", table), supplier=COMPANIES[0]).warnings
    cut = chosen(supplied(tmp_path / "b.csv", [*table[3:]]), supplier="*")
    assert [warning.code for warning in cut.warnings] == ["total-differs"], "that of all is theirs"
