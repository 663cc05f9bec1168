"""Personal accounts and their monthly charges, as billing exports them."""

from collections.abc import Sequence
from datetime import date

from peewee import BigIntegerField, CharField, CompositeKey, DateField, TextField

from cabinet.models.base import Model
from cabinet.models.billing_period import ordinary, recent_months


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

    def latest_charges(self) -> "list[Charge]":
        """The account's charges for the offered periods that billing has for it, newest first."""
        offered = Charge.select().where(Charge.period.in_(latest_periods()), Charge.account == self.number)
        return list(offered.order_by(Charge.period.desc()))


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
        return amount in (self.amount_due, self.amount_charged)


def latest_periods(count: int = 3) -> list[date]:
    """The newest periods that residents are offered, newest first; at most `count`.

    Not those that staff withdrew, nor any that holds too few accounts to be a month of billing.
    """
    return ordinary(recent_months())[:count]


def charged(number: str, amounts: Sequence[int]) -> list[tuple[date, int]]:
    """The offered months, newest first, in which the account was billed one of these `amounts` (kopecks)."""
    offered = Charge.select().where(Charge.period.in_(latest_periods()), Charge.account == number)
    return [
        (charge.period, amount)
        for charge in offered.order_by(Charge.period.desc())
        for amount in amounts
        if charge.matches(amount)
    ]


def find_account(period: date, number: str, amount: int) -> Account | None:
    """The account whose receipt of `period` shows this normalised `number` and this `amount` (kopecks)."""
    if period not in latest_periods():
        return None
    charge = Charge.get_or_none((Charge.period == period) & (Charge.account == number))
    if charge is None or not charge.matches(amount):
        return None
    return Account.get_or_none(Account.number == number)
