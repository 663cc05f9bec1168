"""Accounts and charges: whose receipt it is."""

from datetime import date

import pytest
from peewee import Database

from cabinet.models import Account, Charge
from cabinet.models.account import find_account, latest_periods
from cabinet.models.database import db
from tests.cast import AMOUNTS, CHARGED, LESNAYA, PERIODS, SADOVAYA, bill

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


def test_a_charge_without_an_account_finds_nothing() -> None:
    with db.atomic():
        Charge.create(period=LAST, account="999", amount_due=5)
    assert find_account(LAST, "999", 5) is None


def test_the_latest_charges_are_of_the_months_offered_newest_first() -> None:
    lesnaya = Account.get_by_id(LESNAYA)
    charges = lesnaya.latest_charges()
    assert [charge.period for charge in charges] == [*reversed(PERIODS)]
    assert (charges[0].account, charges[0].amount_due) == (LESNAYA, AMOUNTS[LESNAYA])
    with db.atomic():
        Charge.delete().where(Charge.period == LAST, Charge.account == LESNAYA).execute()
    assert [charge.period for charge in lesnaya.latest_charges()] == [PERIODS[1], PERIODS[0]]
    with db.atomic():
        Charge.delete().where(Charge.account == LESNAYA).execute()
        Charge.create(period=date(2026, 1, 1), account=LESNAYA, amount_due=5)
    assert lesnaya.latest_charges() == [], "a month of before is not offered"
