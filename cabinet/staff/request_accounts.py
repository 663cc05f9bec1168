"""Finds the account of a request in billing: search, question, then it is linked or its sender invited."""

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import StringField

from cabinet.forms.base import StepForm
from cabinet.models import Account, User, linking
from cabinet.models.request import ConnectionRequest
from cabinet.models.request_account import settle, words_to_find
from cabinet.staff.billing_search import count_opened, show_accounts
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.request_card import entry_seen, sent
from cabinet.staff.search import ACCOUNTS
from cabinet.web import session_keys as keys
from cabinet.web.flow import advance, flash
from cabinet.web.security import client_address
from cabinet.web.sessions import session


class ChoiceForm(StepForm):
    """`seen`: the last entry of the history that the question showed; `close`: whether that was pressed."""

    seen = StringField()
    close = StringField()


@bp.post("/request/<number>/find")
def find_for_request(number: str) -> Response:
    """Search billing for what the request says, which is personal and stays out of addresses of pages.

    Who works through the requests is not counted among those who search.
    """
    found, _form = sent(number)
    session[ACCOUNTS.key] = session[keys.STAFF_ACCOUNTS_COUNTED] = words_to_find(found)
    return advance("staff.accounts_for_request", number=number)


@bp.get("/request/<number>/accounts")
def accounts_for_request(number: str) -> Response:
    """The accounts that were searched for."""
    return show_accounts("request_accounts.html", "request-accounts-searched", number, item=_found(number))


@bp.post("/request/<number>/accounts")
def search_accounts_for_request(number: str) -> Response:
    """Search for something else."""
    _found(number)
    ACCOUNTS.submit()
    return advance("staff.accounts_for_request", number=number)


@bp.get("/request/<number>/accounts/<account>")
def account_for_request(number: str, account: str) -> Response:
    """What becomes of the request with this account, beside each other; nothing is done yet."""
    item, chosen = _found(number), get_or_404(Account, Account.number == account)
    count_opened()
    record("request-seen", number, account=chosen.number)
    sender = User.find(item.user_id) if item.user_id else None
    return show(
        "request_account.html",
        item=item,
        account=chosen,
        seen=item.last_entry(),
        holders=linking.other_holders(sender, chosen.number) if sender else 0,
    )


@bp.post("/request/<number>/accounts/<account>")
def settle_request(number: str, account: str) -> Response:
    """Link it or invite, and close the request where that was pressed."""
    item, chosen, form = _found(number), get_or_404(Account, Account.number == account), ChoiceForm()
    close = form.close.data == "y"
    told = current_staff(), client_address(), entry_seen(form.seen.data), close
    if not form.validate() or not settle(item, chosen, *told):
        flash(_("Заявка уже изменилась. Проверьте, что с ней сейчас."), "warn")
    elif item.user_id:
        flash(_("Счёт добавлен, мы сообщили об этом жителю."), "done")
    else:
        flash(_("Приглашение отправлено."), "done")
    return advance("staff.request_card", number=number)


def _found(number: str) -> ConnectionRequest:
    """An open request; from one that was closed meanwhile back to its page, which says so."""
    found = get_or_404(ConnectionRequest, ConnectionRequest.number == number)
    if not found.is_open and request.method != "POST":
        flash(_("Заявка уже закрыта, поэтому счёт для неё не ищем."), "info")
        abort(advance("staff.request_card", number=number))
    return found
