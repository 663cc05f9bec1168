"""Which months residents are offered: those that hold their share of accounts and were not withdrawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import peewee
import pytest

from cabinet.models import Account, Audit, BillingPeriod, Charge, billing_period
from cabinet.models.account import find_account, latest_periods
from cabinet.models.billing_period import Month, ordinary, recent_months
from cabinet.models.database import db
from cabinet.models.linking import accounts_with_charges
from tests.cast import resident


def month(number: int, year: int = 2026) -> date:
    return date(year, number, 1)


def fill(sizes: dict[date, int]) -> None:
    """So many accounts in each month."""
    rows: list[dict[str, Any]] = [
        {"period": period, "account": str(number), "amount_due": 100}
        for period, size in sizes.items()
        for number in range(size)
    ]
    with db.atomic():
        Charge.insert_many(rows).execute()


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []
    execute = db.obj.execute_sql

    def note(sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    db.obj.execute_sql = note
    try:
        yield asked
    finally:
        del db.obj.execute_sql


def test_a_mistyped_year_is_no_month(database: peewee.Database) -> None:
    fill({month(10): 30, month(9): 30, month(10, 2062): 1})
    assert latest_periods() == [month(10), month(9)]
    assert find_account(month(10, 2062), "0", 100) is None


def test_mistyped_years_cannot_outvote_the_only_month(database: peewee.Database) -> None:
    fill({month(10): 30, month(10, 2062): 1, month(10, 2063): 2, month(10, 2126): 1})
    assert latest_periods() == [month(10)]


def test_a_month_is_offered_from_half_an_ordinary_one(database: peewee.Database) -> None:
    fill({month(8): 20, month(9): 20, month(10): 10, month(11): 9})
    assert latest_periods() == [month(10), month(9), month(8)]


def test_what_grew_tenfold_leaves_the_months_before(database: peewee.Database) -> None:
    fill({month(n): 10 for n in range(1, 11)} | {month(11): 60})
    assert latest_periods() == [month(11), month(10), month(9)]


def test_nothing_and_one_row(database: peewee.Database) -> None:
    assert latest_periods() == []
    fill({month(10): 1})
    assert latest_periods() == [month(10)]


def test_a_month_that_no_import_counted_counts_as_soon_as_it_is_there(database: peewee.Database) -> None:
    fill({month(9): 30, month(10): 30})
    with db.atomic():
        BillingPeriod.create(period=month(9), accounts=30)
    assert latest_periods() == [month(10), month(9)]


def test_large_months_are_not_counted_row_by_row(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [Month(month(11), 1000, False), Month(month(10), 90_000), Month(month(9), 3)]
    assert ordinary(known) == [month(11), month(10)]


def test_one_statement_is_enough(database: peewee.Database) -> None:
    fill({month(n): 3 for n in range(1, 13)})
    with statements() as asked:
        assert len(latest_periods()) == 3
    assert len(asked) == 1


def test_months_long_past_are_not_looked_at(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill({month(n, year): 2 for year in (2024, 2025, 2026) for n in range(1, 13)})
    assert len(recent_months()) == billing_period.LOOKED_AT


def test_a_withdrawn_month_is_offered_to_nobody_until_it_is_offered_again(database: peewee.Database) -> None:
    fill({month(9): 3, month(10): 3})
    with db.atomic():
        Account.create(number="1", printed="1", address="г. Клин, д. 1")
    assert find_account(month(10), "1", 100)
    assert BillingPeriod.withdraw(month(10), "system")
    assert not BillingPeriod.withdraw(month(10), "system"), "it is already"
    assert latest_periods() == [month(9)] and find_account(month(10), "1", 100) is None
    [(_, charges)] = accounts_with_charges(resident(accounts=["1"]))
    assert [charge.period for charge in charges] == [month(9)]
    assert BillingPeriod.offer(month(10), "staff:x")
    assert not BillingPeriod.offer(month(10), "staff:x")
    assert latest_periods() == [month(10), month(9)]
    notes = [(n.action, n.actor, n.subject) for n in Audit.select().order_by(Audit.id)]
    assert notes == [
        ("period-withdrawn", "system", "2026-10"),
        ("period-offered", "staff:x", "2026-10"),
    ]


def test_a_month_that_went_since_it_was_offered_is_not_found(database: peewee.Database) -> None:
    fill({month(9): 3, month(10): 3})
    with db.atomic():
        Account.create(number="1", printed="1", address="г. Клин, д. 1")
    offered = latest_periods()
    assert find_account(month(10), "1", 100, offered) and not find_account(month(10), "1", 100, offered[1:])
    assert not find_account(month(10), "1", 100, [])
    BillingPeriod.withdraw(month(10), "system")
    assert find_account(month(10), "1", 100, offered) is None
    BillingPeriod.offer(month(10), "system")
    with db.atomic():
        BillingPeriod.hide(month(10))
    assert find_account(month(10), "1", 100, offered) is None and find_account(month(9), "1", 100, offered)


def test_what_billing_does_not_have_cannot_be_withdrawn(database: peewee.Database) -> None:
    assert not BillingPeriod.withdraw(month(10), "system")
    assert not BillingPeriod.select().exists()


def test_a_withdrawn_month_is_no_measure(database: peewee.Database) -> None:
    fill({month(9): 10, month(10): 100})
    assert latest_periods() == [month(10)]
    BillingPeriod.withdraw(month(10), "system")
    assert latest_periods() == [month(9)]


def kept() -> dict[date, tuple[int, bool]]:
    return {known.period: (known.accounts, known.whole) for known in BillingPeriod.select()}


def test_a_month_grows_and_shrinks_by_what_comes_and_goes(database: peewee.Database) -> None:
    with db.atomic():
        BillingPeriod.hide(month(9))
        BillingPeriod.hide(month(10))
        BillingPeriod.grow(month(10), 0)
        assert kept() == {month(9): (0, False), month(10): (0, False)}
        BillingPeriod.grow(month(10), 30)
        BillingPeriod.grow(month(10), 12)
        BillingPeriod.grow(month(9), 5)
        BillingPeriod.shrink(month(10), 2)
        BillingPeriod.shrink(month(10), 0)
        BillingPeriod.shrink(None, 7)
        assert kept() == {month(9): (5, False), month(10): (40, False)}
        BillingPeriod.hide(month(10))
        assert kept() == {month(9): (5, False), month(10): (0, False)}


def test_months_that_nothing_works_on_are_whole_or_forgotten(database: peewee.Database) -> None:
    with db.atomic():
        for number, accounts in ((7, 0), (8, 1), (9, 0), (10, 3)):
            BillingPeriod.create(period=month(number), accounts=accounts, whole=False)
        BillingPeriod.settle([month(8), month(9)])
    assert kept() == {month(7): (0, False), month(8): (1, True), month(10): (3, False)}
    with db.atomic():
        BillingPeriod.settle([month(10)])
    assert kept()[month(10)] == (3, True)


def test_a_month_in_the_making_is_offered_to_nobody(database: peewee.Database) -> None:
    fill({month(9): 3, month(10): 3})
    with db.atomic():
        BillingPeriod.create(period=month(10), accounts=3, whole=False)
    assert latest_periods() == [month(9)]
    assert [known.period for known in billing_period.all_months()] == [month(10), month(9)]


def test_a_month_is_counted_once(database: peewee.Database) -> None:
    fill({month(9): 4, month(10): 7})
    assert billing_period.accounts_of(month(10)) == 7
    BillingPeriod.count(month(10))
    assert kept() == {month(10): (7, True)}
    with db.atomic():
        BillingPeriod.grow(month(10), 1)
    BillingPeriod.count(month(10))
    assert kept() == {month(10): (8, True)} and billing_period.accounts_of(month(10)) == 8
    BillingPeriod.count(month(9))
    BillingPeriod.count(month(8))
    assert kept() == {month(10): (8, True), month(9): (4, True)}


def test_who_withdrew_a_month_and_from_where_is_on_record(database: peewee.Database) -> None:
    fill({month(9): 3, month(10): 3})
    BillingPeriod.withdraw(month(9), "staff:a")
    BillingPeriod.withdraw(month(10), "staff:b", "192.0.2.1")
    assert BillingPeriod.get_by_id(month(10)).withdrawn_by == "staff:b"
    BillingPeriod.offer(month(10), "staff:c", "192.0.2.2")
    offered, withdrawn = BillingPeriod.get_by_id(month(10)), BillingPeriod.get_by_id(month(9))
    assert (offered.withdrawn_at, offered.withdrawn_by) == (None, "")
    assert withdrawn.withdrawn_at and withdrawn.withdrawn_by == "staff:a"
    BillingPeriod.offer(month(9), "staff:a")
    assert [note.ip for note in Audit.select().order_by(Audit.id)] == ["", "192.0.2.1", "192.0.2.2", ""]


def test_the_ordinary_month_is_that_of_the_row_in_the_middle(database: peewee.Database) -> None:
    sizes = [Month(month(8), 3), Month(month(9), 3), Month(month(10), 10)]
    assert ordinary(sizes) == [month(10)]
    guessed = [Month(month(11), 1000, False), Month(month(10), 3)]
    assert ordinary(guessed) == [month(11), month(10)], "what was not counted says nothing of the others"


@pytest.mark.parametrize(("more", "guessed", "exact"), [(-1, 1, True), (0, 1, False), (0, 0, True)])
def test_a_month_that_was_counted_as_far_as_many_is_not_exact(more: int, guessed: int, exact: bool) -> None:
    found = billing_period.month_of("2026-10-01", billing_period.MANY + more, guessed, None, 1)
    assert (found.period, found.exact, found.withdrawn, found.whole) == (month(10), exact, False, True)
