"""What was typed into the account look-up that found nothing, carried over to a connection request."""

from dataclasses import dataclass
from datetime import date

from cabinet import fields
from cabinet.web.sessions import session


@dataclass(frozen=True)
class FailedLookup:
    """What was typed into the look-up that found no account."""

    account: str = ""
    period: date | None = None
    amount: int | None = None


def remember_failed_lookup(account: str, period: date, amount: int) -> None:
    """Carry what was typed over to the request."""
    session["sought"] = {"account": account[:100], "period": period.isoformat(), "amount": amount}


def failed_lookup() -> FailedLookup:
    """What the last look-up of this session was tried with."""
    kept = session.get("sought") or {}
    return FailedLookup(
        kept.get("account", ""),
        fields.period(kept["period"]) if kept.get("period") else None,
        kept.get("amount"),
    )
