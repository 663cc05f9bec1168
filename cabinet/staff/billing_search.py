"""Searches of billing by staff: on record, and no more than people who telephone: nobody reads it whole."""

from typing import Any

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.billing import houses
from cabinet.models import Account
from cabinet.models.account_search import find_accounts
from cabinet.models.attempt import TooManyError
from cabinet.models.limits import take
from cabinet.staff.guard import current_staff, record, show
from cabinet.staff.search import ACCOUNTS
from cabinet.web import session_keys as keys
from cabinet.web.flow import to_wait
from cabinet.web.sessions import session


def show_accounts(template: str, action: str, subject: str = "", **context: Any) -> Response:
    """The accounts that were searched for last. A search is counted when it is shown first.

    Beyond the limit the page says so in place of the accounts, with the search as it was typed.
    """
    query, form = ACCOUNTS.query, ACCOUNTS.form()
    found: list[Account] = []
    more = False
    try:
        _count(query)
    except TooManyError as error:
        form.refuse(error, form.query, _("Счета искали уже очень много раз. Продолжить можно %(when)s."))
    else:
        found, more = find_accounts(query)
        record(action, subject, shown=[account.number for account in found])
    context |= {"found": found, "more": more, "query": query, "behind": houses.are_behind()}
    response = show(template, form=form, **context)
    return response if form.retry_after is None else to_wait(response, form.retry_after)


def _count(query: str) -> None:
    if query and session.get(keys.STAFF_ACCOUNTS_COUNTED) != query:
        _take("account-search")
        session[keys.STAFF_ACCOUNTS_COUNTED] = query


def count_opened() -> None:
    """Somebody opens an account that nobody of the page has yet. Raises TooManyError, which is on record."""
    _take("account-open")


def _take(kind: str) -> None:
    """Count what they do; a refusal is on record."""
    try:
        take(kind, current_staff().id)
    except TooManyError:
        record("accounts-search-refused")
        raise
