"""Accounts in several rows of a month: equal rows are one, services are summed, all else is named."""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.models import Account, Charge
from tests.billing.files import row, stored, write

COLUMNS = ("account", "period", "address", "услуга", "amount_due", "amount_charged")


def service(account: str, name: str, due: str, **other: str) -> dict[str, str]:
    return {**row(account, due=due, address=f"г. Клин, д. {account}"), "услуга": name, **other}


@pytest.mark.parametrize(
    "other", [{"amount_due": "2.00"}, {"address": "г. Клин, д. 2"}, {"last_name": "Петров"}]
)
def test_rows_that_contradict_one_another_are_all_rejected(
    database: peewee.Database, tmp_path: Path, other: dict[str, str]
) -> None:
    rows = [row("77"), row("5"), {**row("0077", address=row("77")["address"]), **other}, row("6")]
    report = import_billing(write(tmp_path / "b.csv", rows), max_rejects=100)
    assert [(r.line, r.account) for r in report.rejects] == [(2, "77"), (4, "77")]
    assert {a.number for a in Account.select()} == {"5", "6"} == {c.account for c in Charge.select()}
    assert report.tally.complete and sum(report.reasons.values()) == 2


def test_one_key_at_other_addresses_in_other_months_is_no_conflict(
    database: peewee.Database, tmp_path: Path
) -> None:
    rows = [row("77", "2026-09", address="старый"), row("77", "2026-10", address="новый")]
    assert import_billing(write(tmp_path / "b.csv", rows)).rejected == 0
    assert Account.get().address == "новый"


def test_conflicts_count_for_the_fence(database: peewee.Database, tmp_path: Path) -> None:
    rows = [row(str(n)) for n in range(1, 30)] + [row("77", due="1"), row("77", due="2")]
    report = import_billing(write(tmp_path / "b.csv", rows))
    assert report.refused and stored() == ({}, {})


def test_services_are_summed_however_they_lie_in_the_file(database: peewee.Database, tmp_path: Path) -> None:
    names = ("Домофон", "Отопление", "Содержание", "Перерасчёт")
    sums = ("50.00", "2000.00", "1000.00", "-10.50")
    rows = [
        service(str(n), name, due, amount_charged=due)
        for name, due in zip(names, sums, strict=True)
        for n in range(1, 500)
    ]
    report = import_billing(write(tmp_path / "b.csv", rows, COLUMNS))
    assert (report.accepted, report.summed, report.rejected) == (1996, 1497, 0) and report.tally.complete
    assert {(c.amount_due, c.amount_charged, c.amount_paid) for c in Charge.select()} == {
        (303_950, 303_950, None)
    }
    assert Charge.select().count() == Account.select().count() == 499


def test_a_service_that_stands_twice_with_one_sum_counts_once(
    database: peewee.Database, tmp_path: Path
) -> None:
    rows = [service("1", "Домофон", "50.00"), service("1", "Домофон", "50.00"), service("1", "Лифт", "50.00")]
    known = Answers(accept=frozenset({"same-sums"}))
    report = import_billing(write(tmp_path / "b.csv", rows, COLUMNS), answers=known)
    assert (report.accepted, report.repeated, report.summed) == (2, 1, 1)
    assert Charge.get().amount_due == 10_000


def test_services_of_two_addresses_are_a_conflict(database: peewee.Database, tmp_path: Path) -> None:
    rows = [service("1", "Домофон", "50.00"), {**service("1", "Лифт", "50.00"), "address": "г. Клин, д. 9"}]
    report = import_billing(write(tmp_path / "b.csv", rows, COLUMNS), max_rejects=100)
    assert report.rejected == 2 and stored() == ({}, {})


def test_a_correction_of_services_replaces_the_sum(database: peewee.Database, tmp_path: Path) -> None:
    rows = [service("1", "Домофон", "50.00"), service("1", "Лифт", "70.00")]
    import_billing(write(tmp_path / "b.csv", rows, COLUMNS))
    rows[1]["amount_due"] = "80.00"
    import_billing(write(tmp_path / "b.csv", rows, COLUMNS))
    assert stored()[1] == {(date(2026, 10, 1), "1"): (13_000, None, None)}
