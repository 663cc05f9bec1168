"""Decides what of the codes of a photo goes into the form: of which company, of which month."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from cabinet import fields
from cabinet.models.account import billed_number, charged
from cabinet.models.attempt import TooManyError, network
from cabinet.models.limits import give_back_all, take_all
from cabinet.receipts.errors import ForeignReceiptError, RefusedFileError
from cabinet.receipts.payload import Slip

Billed = tuple[Slip, date, int]  # a slip, the month and the sum (kopecks) under which billing has it


@dataclass(frozen=True)
class Reading:
    """What to fill in; nothing where the code does not say it. `amount` is kopecks.

    `not_offered` is the month of a receipt that is too old, or too new, to be looked up by.
    """

    account: str = ""
    period: date | None = None
    amount: int | None = None
    not_offered: date | None = None


def choose(slips: Sequence[Slip], inns: Sequence[str], offered: Sequence[date], ask: "Asking") -> Reading:
    """What the receipt says, of several codes the company's own.

    `inns` are the company's; without them, and where a code leaves month or sum open, billing decides.
    Raises ForeignReceiptError, and RefusedFileError with the code two_codes if nothing decides.
    """
    ours = _of_company(slips, inns)
    if len(ours) == 1 and (ours[0].period or not ours[0].account) and len(ours[0].amounts) == 1:
        return _reading(ours[0], ours[0].period, ours[0].amounts[0], offered)
    if (found := ask(ours, offered)) is not None:
        slip, period, amount = found
        return Reading(slip.account, period, amount)
    if len({(slip.account, slip.amounts, slip.period) for slip in ours}) > 1:
        raise RefusedFileError("two_codes")
    return _reading(ours[0], ours[0].period, next(iter(ours[0].amounts), None), offered)


def _of_company(slips: Sequence[Slip], inns: Sequence[str]) -> list[Slip]:
    """The company's slips; if none names it, those that name nobody. Raises ForeignReceiptError."""
    if not inns:
        return list(slips)
    ours = [slip for slip in slips if slip.inn in inns] or [slip for slip in slips if not slip.inn]
    if not ours:
        raise ForeignReceiptError(slips[0].payee)
    return ours


def _reading(slip: Slip, period: date | None, amount: int | None, offered: Sequence[date]) -> Reading:
    account = slip.account if _key(slip) else ""
    if period and offered and period not in offered:
        return Reading(account, not_offered=period)
    return Reading(account, period if offered else None, amount)


def _key(slip: Slip) -> str:
    try:
        return fields.account_number(slip.account)
    except fields.FieldError:
        return ""


Asking = Callable[[Sequence[Slip], Sequence[date]], Billed | None]


def asking_billing(phone: str, ip: str) -> Asking:
    """Asks billing for the holder of `phone`, so that nobody can find out sums by codes of their own.

    Questions without exactly one answer are counted, apart from look-ups; at a limit nothing is answered.
    """

    def ask(slips: Sequence[Slip], offered: Sequence[date]) -> Billed | None:
        # counted by the account, whichever of its names a code gives
        asked = [(billed_number(key), slip) for slip in slips if slip.amounts and (key := _key(slip))]
        if not asked:
            return None
        subjects = [("photo-guess-account", number) for number in sorted({number for number, _ in asked})]
        counted = (("photo-guess-phone", phone), ("photo-guess-ip", network(ip)), *subjects)
        try:
            take_all(counted)
        except TooManyError:
            return None
        found = [billed for number, slip in asked for billed in _billed(number, slip, offered)]
        if len(found) != 1:
            return None
        give_back_all(counted)
        return found[0]

    return ask


def _billed(number: str, slip: Slip, offered: Sequence[date]) -> list[Billed]:
    months = [slip.period] if slip.period else offered
    return [(slip, period, amount) for period, amount in charged(number, slip.amounts) if period in months]
