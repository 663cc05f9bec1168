"""A total repeated in each row of a service is never added up without a word."""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.models import Charge

OCTOBER = date(2026, 10, 1)
Rows = list[tuple[int, str, str, str]]  # account, service, charged, due
ACCEPTED = Answers(accept=frozenset({"total-in-each-row", "same-sums"}))


def take(tmp_path: Path, rows: Rows, answers: Answers = Answers(), due: str = "Итого к оплате") -> Report:
    titles = f"Лицевой счёт;Период;Адрес;Услуга;Начислено{';' + due if due else ''}"
    lines = [
        f"70{account:04};10.2026;ул. Садовая, д. {account};{service};{charged}{';' + asked if due else ''}"
        for account, service, charged, asked in rows
    ]
    (tmp_path / "b.csv").write_text("\n".join([titles, *lines]), encoding="utf-8")
    return import_billing(tmp_path / "b.csv", answers=answers)


def charges() -> dict[int, tuple[int | None, int | None]]:
    """What is stored, in roubles: due and charged."""
    return {
        int(c.account[2:]): tuple(None if a is None else a // 100 for a in (c.amount_due, c.amount_charged))  # type: ignore[misc]
        for c in Charge.select()
    }


def of_each(*services: tuple[str, int, int], accounts: int = 5) -> Rows:
    """Rows of services whose sums grow with the account: name, charged, due."""
    return [
        (n, name, str(charged * n), str(due * n) if due >= 0 else "")
        for n in range(1, accounts + 1)
        for name, charged, due in services
    ]


@pytest.mark.parametrize("accounts", [1, 5])
def test_a_total_that_the_charges_add_up_to_is_one(
    database: peewee.Database, tmp_path: Path, accounts: int
) -> None:
    rows = of_each(("Домофон", 50, 180), ("Антенна", 30, 180), ("Ремонт", 100, 180), accounts=accounts)
    report = take(tmp_path, rows)
    assert (report.warnings, report.refused) == ([], "") and report.tally.complete
    assert charges() == {n: (180 * n, 180 * n) for n in range(1, accounts + 1)}


def test_a_total_with_debts_is_one(database: peewee.Database, tmp_path: Path) -> None:
    report = take(tmp_path, of_each(("Домофон", 50, 500), ("Антенна", 30, 500)))
    assert (report.warnings, report.refused) == ([], "")
    assert charges() == {n: (500 * n, 80 * n) for n in range(1, 6)}


def test_a_total_on_the_first_row_alone_is_one(database: peewee.Database, tmp_path: Path) -> None:
    for nothing in (-1, 0):
        report = take(tmp_path, of_each(("Домофон", 50, 180), ("Антенна", 130, nothing)))
        assert (report.warnings, report.refused) == ([], "")
        assert charges() == {n: (180 * n, 180 * n) for n in range(1, 6)}


def test_sums_of_services_are_added_up_where_some_are_the_same(
    database: peewee.Database, tmp_path: Path
) -> None:
    rows = [
        *of_each(("Домофон", 50, 50), ("Антенна", 130, 130)),
        (9, "Домофон", "50", "50"),
        (9, "Антенна", "50", "50"),
    ]
    report = take(tmp_path, rows)
    assert (report.warnings, report.refused) == ([], "")
    assert charges() == {9: (100, 100), **{n: (180 * n, 180 * n) for n in range(1, 6)}}


def test_the_same_sum_for_two_services_of_everybody_is_added_up(
    database: peewee.Database, tmp_path: Path
) -> None:
    report = take(tmp_path, of_each(("Домофон", 50, 50), ("Антенна", 50, 50)))
    assert (report.warnings, report.refused) == ([], "")
    assert charges() == {n: (100 * n, 100 * n) for n in range(1, 6)}


def test_a_total_of_most_accounts_is_asked(database: peewee.Database, tmp_path: Path) -> None:
    rows = [
        *of_each(("Домофон", 50, 180), ("Антенна", 130, 180)),
        (9, "Домофон", "50", "50"),
        (9, "Антенна", "40", "40"),
    ]
    report = take(tmp_path, rows)
    assert [w.code for w in report.unanswered] == ["total-in-each-row"] and not charges()
    assert "счетов: 5" in report.refused
    assert not take(tmp_path, rows, ACCEPTED).refused
    assert charges() == {9: (90, 90), **{n: (180 * n, 180 * n) for n in range(1, 6)}}


def test_one_account_whose_sums_may_be_a_total_is_asked(database: peewee.Database, tmp_path: Path) -> None:
    rows = [(1, "Домофон", "50", "500"), (1, "Антенна", "30", "500")]
    assert [w.code for w in take(tmp_path, rows).unanswered] == ["total-in-each-row"]
    take(tmp_path, rows, ACCEPTED)
    assert charges() == {1: (500, 80)}


def test_one_sum_a_row_that_varies_with_the_account_is_a_total(
    database: peewee.Database, tmp_path: Path
) -> None:
    rows = of_each(("Домофон", 180, -1), ("Антенна", 180, -1))
    assert [w.code for w in take(tmp_path, rows, due="").unanswered] == ["total-in-each-row"]
    take(tmp_path, rows, ACCEPTED, due="")
    assert charges() == {n: (None, 180 * n) for n in range(1, 6)}


def test_one_sum_a_row_that_is_everybodys_may_be_two_services(
    database: peewee.Database, tmp_path: Path
) -> None:
    rows = [(n, name, "50", "") for n in range(1, 20) for name in ("Домофон", "Антенна")]
    assert [w.code for w in take(tmp_path, rows, due="").unanswered] == ["same-sums"]
    take(tmp_path, rows, ACCEPTED, due="")
    assert set(charges().values()) == {(None, 100)}


@pytest.mark.parametrize("word", ["Итого", "ВСЕГО:", "Итого к оплате", "Всего по л/с"])
def test_a_row_of_its_own_for_the_total_speaks_alone(
    database: peewee.Database, tmp_path: Path, word: str
) -> None:
    report = take(tmp_path, of_each(("Домофон", 50, -1), ("Антенна", 30, -1), (word, 80, 500)))
    assert (report.warnings, report.refused) == ([], "") and report.tally.complete
    assert charges() == {n: (500 * n, 80 * n) for n in range(1, 6)}


def test_the_same_sum_in_the_rows_of_most_accounts_is_asked(
    database: peewee.Database, tmp_path: Path
) -> None:
    rows = [
        *of_each(("Домофон", 50, -1), ("Антенна", 50, -1)),
        (9, "Домофон", "50", ""),
        (9, "Антенна", "40", ""),
    ]
    report = take(tmp_path, rows, due="")
    assert [w.code for w in report.unanswered] == ["same-sums"] and "счетов: 5" in report.refused
    take(tmp_path, rows, ACCEPTED, due="")
    assert charges() == {9: (None, 90), **{n: (None, 100 * n) for n in range(1, 6)}}


def test_a_service_of_nothing_does_not_hide_that_the_others_are_the_same(
    database: peewee.Database, tmp_path: Path
) -> None:
    rows = of_each(("Домофон", 50, -1), ("Антенна", 50, -1), ("Ремонт", 0, -1))
    assert [w.code for w in take(tmp_path, rows, due="").unanswered] == ["same-sums"]
    take(tmp_path, rows, ACCEPTED, due="")
    assert charges() == {n: (None, 100 * n) for n in range(1, 6)}


def test_the_same_sum_of_a_few_accounts_is_added_up(database: peewee.Database, tmp_path: Path) -> None:
    rows = [
        *of_each(("Домофон", 50, -1), ("Антенна", 30, -1)),
        (9, "Домофон", "5", ""),
        (9, "Антенна", "5", ""),
    ]
    assert not take(tmp_path, rows, due="").warnings
    assert charges() == {9: (None, 10), **{n: (None, 80 * n) for n in range(1, 6)}}
