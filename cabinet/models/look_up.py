"""Finds the account of a receipt: misses are counted, and none says what was wrong."""

from collections.abc import Callable
from datetime import date

from cabinet.models.account import Account, billed_number, find_account
from cabinet.models.attempt import network
from cabinet.models.limits import LookUp
from cabinet.models.unit import unit


def look_up(
    phone: str,
    period: date,
    number: str,
    amount: int,
    ip: str,
    then: Callable[[Account], None] | None = None,
) -> Account | None:
    """Find an account for the holder of `phone`, counting misses per phone, account and client address.

    The attempt is counted first and given back when it hits. Whatever strangers tried at the account or from
    the network, who holds the receipt finds it. `then` is done in the transaction that uncounts it. Raises
    TooManyError at a limit.
    """
    number = billed_number(number)  # or an account had as many limits as names
    look = LookUp.begin(
        own=(("lookup-phone", phone),), shared=(("lookup-account", number), ("lookup-ip", network(ip)))
    )
    account = find_account(period, number, amount)
    if account is None:
        look.end(found=False)
        return None

    def settle() -> None:
        look.end(found=True)
        if then:
            then(account)

    unit(settle)
    return account
