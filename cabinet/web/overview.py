"""The first page of a cabinet: what is on it, for the resident, and for staff who look at it."""

from typing import Any
from urllib.parse import quote

from cabinet.models import Account, Charge, ConnectionRequest, User, linking
from cabinet.models.base import settings


def overview(user: User) -> dict[str, Any]:
    """What `home/_overview.html` shows: addresses with the charges of the last months, requests."""
    accounts, asked = linking.accounts_and_whether_asked(user)
    requests = ConnectionRequest.of_user(user.id) if asked else []
    return {
        "user": user,
        "accounts": accounts,
        "requests": [one for one in requests if not one.merged_into],
        "pay_link": pay_link,
    }


def pay_link(account: Account, charge: Charge) -> str:
    """The address at which this charge is paid; empty where nothing is due or no address is set."""
    if not charge.amount_due or charge.amount_due < 0:
        return ""
    values = {
        "account": account.printed,
        "amount": f"{charge.amount_due // 100}.{charge.amount_due % 100:02d}",
        "period": f"{charge.period:%Y-%m}",
    }
    address = settings().pay_url
    for name, value in values.items():
        address = address.replace(f"{{{name}}}", quote(value, safe=""))
    return address
