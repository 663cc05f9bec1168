"""Personal accounts and their monthly charges, as billing exports them."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import product

from peewee import SQL, BigIntegerField, CharField, CompositeKey, DateField, TextField, fn

from cabinet.models.base import Model
from cabinet.models.billing_period import MONTH, RECENT, Month, all_months, month_of, ordinary, possible
from cabinet.models.prepared import columns, execute, made

_GIS = re.compile(r"([0-9]{2})([A-ZА-Я])([A-ZА-Я])([0-9]{6})([0-9]{2})?")
Offered = Sequence[date] | None  # the months of `latest_periods`, where whoever looks up knows them already
_CYRILLIC = dict(zip("ABEKMHOPCTYX", "АВЕКМНОРСТУХ", strict=True))


class Account(Model):
    """A personal account (лицевой счёт): one flat, house or plot that is billed.

    `number` is the normalised key made by `cabinet.fields.account_number`; `printed` is the number as it
    stands on the receipt.
    """

    number = CharField(32, primary_key=True)
    printed = CharField(64)
    els = CharField(32, default="")
    zhku_id = CharField(32, default="")
    address = TextField()
    last_name = CharField(120, default="")
    first_name = CharField(120, default="")
    middle_name = CharField(120, default="")
    fias_house_guid = CharField(36, default="")
    premises = CharField(64, default="")


Account.add_index(Account.index(Account.els, where=Account.els != ""))
Account.add_index(Account.index(Account.zhku_id, where=Account.zhku_id != ""))
_LETTERED = fn.LTRIM(Account.number, "0123456789") != ""
Account.add_index(Account.index(Account.number, where=_LETTERED, name="account_lettered"))


class Charge(Model):
    """What one account was billed for one period. Amounts are kopecks; None where billing gave none.

    `amount_due` is «к оплате» with debts, `amount_charged` what the period alone costs. The period comes
    first in the key, so a month's import appends and the list of periods costs one look per period.
    """

    period = DateField()
    account = CharField(32)
    amount_due = BigIntegerField(null=True)
    amount_charged = BigIntegerField(null=True)
    amount_paid = BigIntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("period", "account")
        without_rowid = True

    def matches(self, amount: int) -> bool:
        """Whether `amount` (kopecks) is printed as payable on this period's receipt."""
        return _means(amount, self.amount_due, self.amount_charged)


def _means(amount: int, *printed: int | None) -> bool:
    """Whether somebody who types this `amount` has one of the others before them.

    The minus of an overpayment may be left out: the keyboard of digits that telephones show may have none.
    """
    return any(one is not None and amount in (one, max(one, -one)) for one in printed)


def latest_periods(count: int = 3) -> list[date]:
    """The newest periods that residents are offered, newest first; at most `count`.

    Not those that staff withdrew, nor any that holds too few accounts to be a month of billing.
    """
    return newest(all_months(), count)


def newest(months: list[Month], count: int = 3) -> list[date]:
    """Those of all months that residents are offered, newest first; at most `count`."""
    return sorted(ordinary(possible(months)), reverse=True)[:count]


def charged(number: str, amounts: Sequence[int]) -> list[tuple[date, int]]:
    """The offered months, newest first, in which the account was billed one of these `amounts` (kopecks)."""
    offered = Charge.select().where(Charge.period.in_(latest_periods()), Charge.account == number)
    return [
        (charge.period, amount)
        for charge in offered.order_by(Charge.period.desc())
        for amount in amounts
        if charge.matches(amount)
    ]


def find_account(period: date, number: str, amount: int, offered: Offered = None) -> Account | None:
    """The account that was billed by this `number` with this `amount` (kopecks) for `period`.

    Some receipts show only the account's ЕЛС or ЖКУ: `billed_number` makes the number of them. `offered`: the
    months as `latest_periods`, of whoever asked just now; one withdrawn since then is not found all the same.
    """
    if period not in (latest_periods() if offered is None else offered):
        return None
    row = next(iter(execute(_FIND, [period, number]).fetchall()), None)
    return made(Account, row[2:]) if row and _means(amount, *row[:2]) else None


_FIND = f"""
    SELECT charge.amount_due, charge.amount_charged, {columns(Account)}
    FROM charge
    JOIN account ON account.number = charge.account
    LEFT JOIN billing_period AS known ON known.period = charge.period
    WHERE charge.period = ? AND charge.account = ?
        AND known.withdrawn_at IS NULL AND COALESCE(known.whole, TRUE)
"""  # noqa: S608 — names of our own


def periods_and_digits() -> tuple[list[date], bool]:
    """The months as `latest_periods`, and whether nobody's receipt can show a number with letters.

    None can where billing has no such number, no ЕЛС and no ЖКУ.
    """
    rows = execute(_OFFERED, []).fetchall()
    return newest([month_of(*row[:5]) for row in rows]), not any(row[5] for row in rows)


_OFFERED = f"""
    {RECENT}
    SELECT {MONTH},
        EXISTS (SELECT 1 FROM account WHERE LTRIM(number, '0123456789') != '')
        OR EXISTS (SELECT 1 FROM account WHERE els != '')
        OR EXISTS (SELECT 1 FROM account WHERE zhku_id != '')
    FROM recent
"""  # noqa: S608 — names of our own


def billed_number(shown: str) -> str:
    """The number by which billing charges what a receipt shows (normalised): itself but for ЕЛС and ЖКУ.

    An ЕЛС of ГИС ЖКХ is 20МВ123456, a ЖКУ 20МВ123456-07. One that billing does not know, or has for several
    accounts, stays as it is.
    """
    match = _GIS.fullmatch(shown)
    if match is None:
        return shown
    head, one, two, tail, service = match.groups()
    letters = product(*((letter, _CYRILLIC.get(letter, letter)) for letter in (one, two)))
    els = sorted({head + first + second + tail for first, second in letters})
    found = _numbers(Account.els, els)
    if service:
        zhku = [name + dash + service for name in els for dash in ("-", "")]
        found = _numbers(Account.zhku_id, zhku) or found
    return found[0] if len(found) == 1 else shown


def _numbers(column: CharField, spellings: list[str]) -> list[str]:
    """Numbers of accounts that have one of these in a column, two at most; its index has no empty ones."""
    rows = Account.select(Account.number).where(column.in_(spellings), column != SQL("''"))
    return [row.number for row in rows.limit(2)]
