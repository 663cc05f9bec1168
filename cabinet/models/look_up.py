"""Finds the account of a receipt: misses are counted, and none says what was wrong."""

from collections.abc import Callable
from datetime import date

from cabinet.models.account import Account, Offered, billed_number, find_account
from cabinet.models.attempt import network
from cabinet.models.limits import LookUp
from cabinet.models.unit import unit

Counted = tuple[tuple[str, str], ...]  # kinds and subjects


def look_up(
    phone: str,
    period: date,
    number: str,
    amount: int,
    ip: str,
    offered: Offered = None,
    then: Callable[[Account], None] | None = None,
) -> Account | None:
    """Find an account for the holder of `phone`, counting misses per phone, account and client address.

    The attempt is counted first and given back when it hits. Whatever strangers tried at the account or from
    the network, who holds the receipt finds it. `offered` as for `find_account`. `then` is done in the
    transaction that uncounts it. Raises TooManyError at a limit.
    """
    own, others = (("lookup-phone", phone),), (("lookup-ip", network(ip)),)
    return _found(own, others, (period, number, amount), offered, then)


def look_up_for_caller(
    phone: str, staff_id: str, period: date, number: str, amount: int, offered: Offered = None
) -> Account | None:
    """Find the account whose receipt a caller reads aloud to a member of staff, counting misses as theirs.

    They are none of those that the holder of `phone` has on pages; but strangers who have somebody guess
    over the telephone stop, whoever answers it. Raises TooManyError at a limit.
    """
    own = (("lookup-staff", staff_id), ("lookup-caller", phone))
    return _found(own, (), (period, number, amount), offered)


def _found(
    own: Counted,
    others: Counted,
    receipt: tuple[date, str, int],
    offered: Offered,
    then: Callable[[Account], None] | None = None,
) -> Account | None:
    period, number, amount = receipt
    number = billed_number(number)  # or an account had as many limits as names
    look = LookUp.begin(own=own, shared=(("lookup-account", number), *others))
    account = find_account(period, number, amount, offered)
    if account is None:
        look.end(found=False)
        return None

    def settle() -> None:
        look.end(found=True)
        if then:
            then(account)

    unit(settle)
    return account
