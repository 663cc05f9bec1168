"""The demonstration's billing: fresh whenever it runs, and every receipt drawn can be registered with."""

from datetime import date

import peewee
import pytest
import time_machine

from cabinet import fields
from cabinet.demo import data
from cabinet.models import Account, Charge
from cabinet.models.account import find_account, latest_periods
from cabinet.wording.formats import format_money


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2027, 1, 1), date(2028, 3, 31)])
def test_receipts_can_be_registered_with(database: peewee.Database, today: date) -> None:
    with time_machine.travel(today):
        assert data.load(today)
    receipts = data.receipts(today)
    assert 3 <= len(receipts) <= 4
    for receipt in receipts:
        typed = fields.money(format_money(receipt.amount))
        account = find_account(receipt.period, fields.account_number(receipt.account), typed)
        assert account and account.address == receipt.address


def test_load_is_repeatable_and_follows_the_calendar(database: peewee.Database) -> None:
    assert data.load(date(2026, 11, 23))
    assert not data.load(date(2026, 11, 30))
    assert Account.select().count() == 12 and Charge.select().count() == 48
    assert latest_periods() == [date(2026, 10, 1), date(2026, 9, 1), date(2026, 8, 1)]
    assert data.load(date(2026, 12, 1))
    assert latest_periods(1) == [date(2026, 11, 1)]
    newest = Charge.select().where(Charge.period == date(2026, 11, 1))
    assert {c.amount_due for c in newest} >= {421867, 96000, 0}
    assert any(c.amount_due is not None and c.amount_due < 0 for c in newest)
