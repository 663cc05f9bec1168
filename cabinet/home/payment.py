"""Where a resident pays: the address that PAY_URL makes of a charge."""

from urllib.parse import quote

from cabinet.models import Account, Charge
from cabinet.models.base import settings


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
