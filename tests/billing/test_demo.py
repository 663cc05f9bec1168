"""The demonstration's billing: fresh whenever it runs, and every receipt drawn can be registered with."""

from datetime import date

import peewee
import pytest
import time_machine

from cabinet import fields
from cabinet.demo import data
from cabinet.models import Account, Charge
from cabinet.models.account import find_account, latest_periods
from cabinet.models.base import now
from cabinet.receipts import codes
from cabinet.wording.formats import format_money
from tests.visitor import ORIGIN, Visitor


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2027, 1, 1), date(2028, 3, 31)])
def test_receipts_can_be_registered_with(database: peewee.Database, today: date) -> None:
    with time_machine.travel(today):
        assert data.load(today)
    receipts = data.receipts(today)
    assert len(receipts) == 6 and {0, -15030} < {receipt.amount for receipt in receipts}
    for receipt in receipts:
        typed = fields.money(format_money(receipt.amount), signed=True)
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


@pytest.mark.thorough
@pytest.mark.settings(demo=True)
def test_receipts_are_downloaded_with_real_codes(guest: Visitor, database: peewee.Database) -> None:
    page = guest.client.get("/demo", base_url=ORIGIN).get_data(as_text=True)
    for number, receipt in enumerate(data.receipts(now().date())):
        for kind in ("png", "pdf"):
            address = f"/demo/receipts/{number}/{kind}"
            file = guest.client.get(address, base_url=ORIGIN)
            assert address in page and "attachment" in file.headers["Content-Disposition"]
            [slip] = codes.read(file.data)
            assert (slip.account, slip.period, slip.address) == (
                receipt.account,
                receipt.period,
                receipt.address,
            )
            assert slip.amounts == ((receipt.amount,) if receipt.amount >= 0 else ())
        assert guest.client.get(f"/demo/receipts/{number}/svg", base_url=ORIGIN).data.startswith(b"<?xml")
    for address in ("6/png", "0/exe", "x/png"):
        assert guest.client.get(f"/demo/receipts/{address}", base_url=ORIGIN).status_code == 404
