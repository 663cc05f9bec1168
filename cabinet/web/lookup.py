"""Looks an account up by three facts of a receipt, and remembers what was typed if it finds nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask_babel import gettext as _

from cabinet import fields
from cabinet.forms.receipt import ChargeForm
from cabinet.models.attempt import TooManyError
from cabinet.models.limits import left_and_wait_of
from cabinet.web import session_keys as keys
from cabinet.web.security import client_address
from cabinet.web.sessions import session

T = TypeVar("T")


@dataclass(frozen=True)
class FailedLookup:
    """What was typed into the look-up that found no account. `amount` is kopecks."""

    account: str = ""
    period: date | None = None
    amount: int | None = None


def find_charge(form: ChargeForm, look_up: Callable[[date, str, int, str, list[date]], T]) -> T | None:
    """What `look_up` finds by period, account, amount (kopecks), the client's address and the months offered.

    None when it finds nothing or a limit was reached: then the form says so, and what was typed is kept for a
    connection request.
    """
    try:
        receipt = form.period.value, form.account.value, form.amount.value
        found = look_up(*receipt, client_address(), form.months)
        if found:
            return found
        form.not_found()
    except TooManyError as error:
        form.offers_request = True
        form.refuse(error, None, _("Слишком много попыток. Попробуйте ещё раз %(when)s."))
    _remember(form.account.data, form.period.value, form.amount.value)
    return None


def may_try(phone: str) -> bool:
    """Whether the holder of `phone` has a look-up left now."""
    return not left_and_wait_of("lookup-phone", phone)[1]


def tries(form: ChargeForm, phone: str) -> dict[str, Any]:
    """For the page: how many look-ups the holder of `phone` has left, and the seconds until the next one."""
    left, wait = left_and_wait_of("lookup-phone", phone)
    told = form.retry_after if form.retry_after and not form.photo.errors else wait
    return {"tries_left": left, "tries_wait": told}


def _remember(account: str, period: date, amount: int) -> None:
    session[keys.FAILED_LOOKUP] = {"account": account[:100], "period": period.isoformat(), "amount": amount}


def failed_lookup() -> FailedLookup:
    """What the last look-up of this session was tried with."""
    kept = session.get(keys.FAILED_LOOKUP) or {}
    return FailedLookup(
        kept.get("account", ""),
        fields.period(kept["period"]) if kept.get("period") else None,
        kept.get("amount"),
    )
