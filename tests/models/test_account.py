"""Accounts and charges: whose receipt it is."""

from datetime import date

import pytest
from peewee import Database

from cabinet import fields
from cabinet.models import Account, Charge, User
from cabinet.models.account import billed_number, charged, find_account, latest_periods, periods_and_digits
from cabinet.models.database import db, is_sqlite
from cabinet.models.linking import accounts_with_charges
from tests.cast import AMOUNTS, CHARGED, LESNAYA, PERIODS, SADOVAYA, bill, resident

LAST = PERIODS[-1]


@pytest.fixture(autouse=True)
def billed(database: Database) -> None:
    bill(LESNAYA, SADOVAYA)


def test_the_three_newest_months_are_offered(database: Database) -> None:
    assert latest_periods() == sorted(PERIODS, reverse=True)
    assert latest_periods(2) == [PERIODS[2], PERIODS[1]]
    with db.atomic():
        for number in (LESNAYA, SADOVAYA):
            Charge.create(period=date(2026, 11, 1), account=number, amount_due=5)
    assert latest_periods() == [date(2026, 11, 1), PERIODS[2], PERIODS[1]]
    assert find_account(PERIODS[0], LESNAYA, AMOUNTS[LESNAYA]) is None, "too old by now"


@pytest.mark.parametrize("amount", [AMOUNTS[LESNAYA], CHARGED])
@pytest.mark.parametrize("period", PERIODS)
def test_both_amounts_of_a_receipt_are_right(period: date, amount: int) -> None:
    assert find_account(period, LESNAYA, amount) == Account.get_by_id(LESNAYA)


@pytest.mark.parametrize(
    ("period", "number", "amount"),
    [
        (date(2026, 7, 1), LESNAYA, AMOUNTS[LESNAYA]),
        (LAST, "999", AMOUNTS[LESNAYA]),
        (LAST, SADOVAYA, AMOUNTS[LESNAYA]),
        (LAST, LESNAYA, AMOUNTS[LESNAYA] + 1),
        (LAST, LESNAYA, AMOUNTS[LESNAYA] - 1),
    ],
)
def test_one_that_is_wrong_finds_nothing(period: date, number: str, amount: int) -> None:
    assert find_account(period, number, amount) is None


def test_an_amount_is_of_its_own_month() -> None:
    with db.atomic():
        Charge.update(amount_due=777).where(Charge.period == LAST, Charge.account == LESNAYA).execute()
    assert find_account(LAST, LESNAYA, 777) and find_account(PERIODS[0], LESNAYA, 777) is None


def test_the_minus_of_an_overpayment_may_be_left_out() -> None:
    with db.atomic():
        Charge.update(amount_due=-15030).where(Charge.period == LAST, Charge.account == LESNAYA).execute()
    assert find_account(LAST, LESNAYA, -15030) and find_account(LAST, LESNAYA, 15030)
    assert find_account(LAST, SADOVAYA, -AMOUNTS[SADOVAYA]) is None, "a debt is no overpayment"
    assert charged(LESNAYA, [15030]) == [(LAST, 15030)]


@pytest.mark.parametrize(
    ("column", "shown", "digits"),
    [
        ("number", "80PC558347", False),
        ("els", "20МВ123456", False),
        ("zhku_id", "20МВ123456-07", False),
        ("number", "5", True),
    ],
)
def test_whether_any_number_that_a_receipt_shows_has_letters(column: str, shown: str, digits: bool) -> None:
    assert periods_and_digits()[1]
    with db.atomic():
        Account.create(**{"number": "6", "printed": "6", "address": "x", column: shown})
    assert periods_and_digits()[1] is digits


def test_a_charge_without_an_account_finds_nothing() -> None:
    with db.atomic():
        Charge.create(period=LAST, account="999", amount_due=5)
    assert find_account(LAST, "999", 5) is None


def test_the_latest_charges_are_of_the_months_offered_newest_first() -> None:
    anna = resident(accounts=[LESNAYA])
    charges = charges_of(anna)
    assert [charge.period for charge in charges] == [*reversed(PERIODS)]
    assert (charges[0].account, charges[0].amount_due) == (LESNAYA, AMOUNTS[LESNAYA])
    with db.atomic():
        Charge.delete().where(Charge.period == LAST, Charge.account == LESNAYA).execute()
    assert [charge.period for charge in charges_of(anna)] == [PERIODS[1], PERIODS[0]]
    with db.atomic():
        Charge.delete().where(Charge.account == LESNAYA).execute()
        Charge.create(period=date(2026, 1, 1), account=LESNAYA, amount_due=5)
    assert charges_of(anna) == [], "a month of before is not offered"
    with db.atomic():
        Charge.delete().execute()
    assert charges_of(anna) == [], "the account is there without any month"


def charges_of(user: User) -> list[Charge]:
    """Those of the only account that the resident sees."""
    [(account, charges)] = accounts_with_charges(user)
    assert account == Account.get_by_id(LESNAYA) and account.address == Account.get_by_id(LESNAYA).address
    return charges


def known_as(number: str, **identifiers: str) -> None:
    with db.atomic():
        Account.update(**identifiers).where(Account.number == number).execute()


@pytest.mark.parametrize("stored", ["20МВ123456-07", "20MB123456-07", "20МB12345607"])
@pytest.mark.parametrize("shown", ["20МВ123456-07", "20mb123456-07", "20 МВ 123456 07"])
def test_an_account_is_found_by_the_zhku_that_billing_knows(stored: str, shown: str) -> None:
    known_as(LESNAYA, zhku_id=stored)
    key = fields.account_number(shown)
    assert billed_number(key) == LESNAYA
    assert find_account(LAST, billed_number(key), AMOUNTS[LESNAYA]) == Account.get_by_id(LESNAYA)
    assert find_account(LAST, billed_number(key), AMOUNTS[SADOVAYA]) is None


def test_an_account_is_found_by_its_els_and_by_a_zhku_of_it() -> None:
    known_as(LESNAYA, els="20ЖВ123456")
    assert billed_number(fields.account_number("20жв123456")) == LESNAYA
    assert billed_number(fields.account_number("20ЖВ123456-03")) == LESNAYA
    assert billed_number(fields.account_number("20ЖВ123457")) == "20ЖB123457"


def test_an_identifier_of_two_accounts_is_of_none() -> None:
    for number in (LESNAYA, SADOVAYA):
        known_as(number, els="20МВ123456")
    assert billed_number("20MB123456") == "20MB123456"
    known_as(SADOVAYA, zhku_id="20МВ123456-02")
    assert billed_number("20MB12345602") == SADOVAYA, "the ЖКУ is the narrower one"


@pytest.mark.parametrize("column", ["els", "zhku_id"])
def test_identifiers_are_looked_up_by_an_index(column: str) -> None:
    explain = "EXPLAIN QUERY PLAN" if is_sqlite() else "EXPLAIN"
    with db.atomic():
        if not is_sqlite():
            db.execute_sql("SET LOCAL enable_seqscan = off")
        plan = db.execute_sql(
            f"{explain} SELECT number FROM account WHERE {column} IN ('20МВ123456', 'x') AND {column} != ''"
        ).fetchall()
    assert f"account_{column}" in str(plan)


def test_the_months_in_which_sums_were_billed_are_those_offered_newest_first() -> None:
    with db.atomic():
        for number in (LESNAYA, SADOVAYA):
            Charge.create(period=date(2026, 11, 1), account=number, amount_due=5)
    due = AMOUNTS[LESNAYA]
    assert charged(LESNAYA, [due]) == [(PERIODS[2], due), (PERIODS[1], due)]
    assert charged(LESNAYA, [1, 5]) == [(date(2026, 11, 1), 5)]
    assert charged(LESNAYA, [AMOUNTS[SADOVAYA]]) == []


def test_whoever_asked_for_the_months_just_now_is_held_to_them() -> None:
    due = AMOUNTS[LESNAYA]
    assert find_account(LAST, LESNAYA, due, offered=[PERIODS[1]]) is None
    with db.atomic():
        for number in (LESNAYA, SADOVAYA):
            Charge.create(period=date(2026, 11, 1), account=number, amount_due=5)
    assert find_account(PERIODS[0], LESNAYA, due) is None
    assert find_account(PERIODS[0], LESNAYA, due, offered=[PERIODS[0]]) == Account.get_by_id(LESNAYA)
