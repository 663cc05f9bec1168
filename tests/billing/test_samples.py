"""Files as real exporters and spreadsheets leave them: what is taken of each, and what is told."""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.models import Account, Charge
from tests.billing.files import stored

SAMPLES = Path(__file__).parent / "samples"
OCTOBER = date(2026, 10, 1)
STREET = "г. Верхнереченск, ул. Садовая, д. 5, кв. "


def test_every_row_of_names_cut_after_a_quote_is_its_own(database: peewee.Database) -> None:
    report = import_billing(SAMPLES / "opening-quotes.csv")
    assert (report.accepted, report.rejected) == (36, 0)
    accounts, charges = stored()
    for n in range(1, 7):
        assert accounts[f"701230000{n}"][3] == f"СНТ Ручеёк, уч. {n}"
        assert charges[OCTOBER, f"701230000{n}"][0] == n * 10_000


def test_one_unclosed_quote_costs_no_row(database: peewee.Database, tmp_path: Path) -> None:
    lines = [
        f"70{n:08};10.2026;{'' if n != 50 else chr(34)}ул. Садовая, д. {n};{n},00" for n in range(1, 1001)
    ]
    (tmp_path / "b.csv").write_text(
        "Лицевой счёт;Период;Адрес;К оплате\n" + "\n".join(lines), encoding="utf-8"
    )
    report = import_billing(tmp_path / "b.csv")
    assert (report.accepted, report.rejected) == (1000, 0)
    assert all(c.amount_due == int(c.account[-4:]) * 100 for c in Charge.select())


def test_accounts_as_decimals_are_the_same_accounts(database: peewee.Database) -> None:
    report = import_billing(SAMPLES / "account-as-decimal.csv")
    assert report.accepted == 10
    assert {a.number for a in Account.select()} == {str(7012300000 + n) for n in range(1, 11)}
    assert all(a.printed == a.number for a in Account.select())


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("cp866-latin-titles.csv", "cp866"),
        ("koi8r-latin-titles.csv", "koi8-r"),
        ("cp866.csv", "cp866"),
        ("koi8r.csv", "koi8-r"),
        ("utf16-tabs.txt", "utf-16-le"),
        ("dos-end-of-file.csv", "cp1251"),
    ],
)
def test_encodings_are_found_by_the_letters(database: peewee.Database, name: str, encoding: str) -> None:
    report = import_billing(SAMPLES / name)
    assert report.layout.encoding == encoding and not report.rejected
    assert {a.address for a in Account.select()} == {STREET + str(n) for n in range(1, report.accepted + 1)}


def test_a_mistyped_year_is_rejected(database: peewee.Database) -> None:
    report = import_billing(SAMPLES / "period-2062.csv")
    assert (report.accepted, report.rejected) == (30, 1)
    assert report.rejects[0].reason == "период позже следующего месяца"
    assert {c.period for c in Charge.select()} == {OCTOBER}


def test_rows_of_services_are_summed(database: peewee.Database) -> None:
    report = import_billing(SAMPLES / "row-per-service.csv")
    assert (report.accepted, report.summed, report.repeated) == (15, 10, 0)
    assert [c.amount_due for c in Charge.select()] == [305_000] * 5


def test_of_two_sums_the_more_exact_title_wins_and_the_other_is_told(database: peewee.Database) -> None:
    report = import_billing(SAMPLES / "two-sums.csv")
    assert {(c.amount_due, c.amount_charged) for c in Charge.select()} == {(510_000, 10_000)}
    assert report.layout.doubles == (("Сумма", "К оплате"),)


def test_names_in_one_column_and_debts_in_brackets_are_understood(database: peewee.Database) -> None:
    report = import_billing(SAMPLES / "columns-not-understood.csv")
    assert {(c.amount_due, c.amount_charged) for c in Charge.select()} == {(35_000, 10_000)}
    names = {(a.last_name, a.first_name, a.middle_name) for a in Account.select()}
    assert names == {("Мамедов", "Рашид", "Гусейн оглы")} and not report.layout.ignored


def test_two_flats_with_one_key_are_rejected_by_line(database: peewee.Database) -> None:
    report = import_billing(SAMPLES / "two-flats-one-key.csv", max_rejects=20)
    assert [reject.line for reject in report.rejects] == [2, 3, 4, 5, 6, 7]
    assert report.accepted == 30 and report.tally.complete
    assert not Account.select().where(Account.address.contains("Речная")).exists()


def test_american_dates_are_asked_about(database: peewee.Database) -> None:
    report = import_billing(SAMPLES / "us-dates.csv")
    assert report.nothing and [w.code for w in report.unanswered] == ["month-first"]
    assert stored() == ({}, {})
    import_billing(SAMPLES / "us-dates.csv", answers=Answers(accept=frozenset({"month-first"})))
    assert {c.period for c in Charge.select()} == {OCTOBER}


@pytest.mark.parametrize(
    "name",
    ["sep-line.csv", "title-rows.csv", "two-row-header.csv", "header-line-breaks.csv", "common-titles.csv",
     "bars.csv", "month-and-year.csv"],
)  # fmt: skip
def test_decorated_headers_do_not_matter(database: peewee.Database, name: str) -> None:
    report = import_billing(SAMPLES / name)
    assert (report.accepted, report.rejected) == (5, 0) and report.tally.complete
    accounts, charges = stored()
    for n in range(1, 6):
        assert accounts[f"701230000{n}"][3] == f"{STREET}{n}"
        assert charges[OCTOBER, f"701230000{n}"][0] == n * 10_000


def test_zeros_that_a_spreadsheet_was_told_to_keep(database: peewee.Database) -> None:
    assert import_billing(SAMPLES / "excel-kept-zeros.csv").rejected == 0
    assert Account.get(Account.number == "40571").printed == "0040571"


def test_totals_are_no_row_of_an_account(database: peewee.Database) -> None:
    report = import_billing(SAMPLES / "small-house-totals.csv")
    assert (report.accepted, report.rejected, report.tally.other) == (12, 0, 2)


def test_parts_make_the_address(database: peewee.Database) -> None:
    import_billing(SAMPLES / "address-in-parts.csv")
    assert (
        Account.get(Account.number == "7012300003").address
        == "Верхнереченск, Садовая, д. 5/2, корп. 1А, кв. 3"
    )
    assert Account.get(Account.number == "7012300003").premises == "3"


def test_periods_of_spreadsheets_beside_usual_ones(database: peewee.Database, tmp_path: Path) -> None:
    odd = ["окт.26", "окт 26", "10.26", "46296", "01.10.2026 - 31.10.2026", "Октябрь, 2026", "20261031"]
    lines = [f"{n};{text};{STREET}{n};{n},00" for n, text in enumerate([*odd, *["10.2026"] * 100], 1)]
    (tmp_path / "b.csv").write_text(
        "Лицевой счёт;Период;Адрес;К оплате\n" + "\n".join(lines), encoding="utf-8"
    )
    report = import_billing(tmp_path / "b.csv")
    assert report.accepted == 107 and {c.period for c in Charge.select()} == {OCTOBER}


def test_amounts_of_spreadsheets_beside_usual_ones(database: peewee.Database, tmp_path: Path) -> None:
    odd = {" -   ": 0, "—": 0, "(150,30)": -15030, "150,30-": -15030, "3650.0000000000005": 365000,
           "4218.6699999999996": 421867}  # fmt: skip
    lines = [f"{n};10.2026;{STREET}{n};{text}" for n, text in enumerate([*odd, *["5,00"] * 100], 1)]
    (tmp_path / "b.csv").write_text(
        "Лицевой счёт;Период;Адрес;К оплате\n" + "\n".join(lines), encoding="utf-8"
    )
    assert import_billing(tmp_path / "b.csv").accepted == 106
    for n, amount in enumerate(odd.values(), 1):
        assert Charge.get(Charge.account == str(n)).amount_due == amount
