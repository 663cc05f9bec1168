"""Links accounts of billing for a resident who asks for it, and unlinks them: search, question, done."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.forms.base import StepForm
from cabinet.models import Account, User, linking
from cabinet.staff.billing_search import count_opened, show_accounts
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.resident_undo import remember
from cabinet.staff.search import ACCOUNTS
from cabinet.web.flow import advance, flash, flashed
from cabinet.web.security import client_address


@bp.get("/resident/<user_id>/accounts")
def accounts_for_resident(user_id: str) -> Response:
    """The accounts that were searched for."""
    user = get_or_404(User, User.id == user_id)
    own = {account.number for account in linking.accounts(user)}
    return show_accounts("resident_accounts.html", "accounts-searched", user.id, user=user, own=own)


@bp.post("/resident/<user_id>/accounts")
def search_accounts_for_resident(user_id: str) -> Response:
    """Search for an account; an address is personal and stays out of addresses of pages."""
    get_or_404(User, User.id == user_id)
    ACCOUNTS.submit()
    return advance("staff.accounts_for_resident", user_id=user_id)


@bp.get("/resident/<user_id>/accounts/<account>")
def account_of_resident(user_id: str, account: str) -> Response:
    """«Добавить этот счёт жителю?», or, of one that is linked, «Убрать?»"""
    user, found = _both(user_id, account)
    linked = linking.holds(user, found.number)
    if not linked:
        count_opened()
    record("resident-seen", user.id, account=found.number)
    return show(
        "resident_account.html",
        user=user,
        account=found,
        linked=linked,
        holders=linking.other_holders(user, found.number),
        form=StepForm(formdata=None),
        notice=flashed(),
    )


@bp.post("/resident/<user_id>/accounts/<account>/link")
def link_for_resident(user_id: str, account: str) -> Response:
    """Link it; everybody concerned is told."""
    user, found = _both(user_id, account)
    if linking.link(user, found, client_address(), current_staff().actor):
        remember(user, "linked", account=found.number)
        flash(_("Счёт добавлен, мы сообщили об этом жителю."))
    else:
        flash(_("Этот счёт у жителя уже есть."), "info")
    return advance("staff.resident", user_id=user.id)


@bp.post("/resident/<user_id>/accounts/<account>/unlink")
def unlink_for_resident(user_id: str, account: str) -> Response:
    """Unlink it; the resident is told."""
    user, found = _both(user_id, account)
    if linking.unlink(user, found, client_address(), current_staff().actor):
        remember(user, "unlinked", account=found.number)
        flash(_("Счёт убран, мы сообщили об этом жителю."))
    else:
        flash(_("Этого счёта у жителя уже нет."), "info")
    return advance("staff.resident", user_id=user.id)


def _both(user_id: str, number: str) -> tuple[User, Account]:
    return get_or_404(User, User.id == user_id), get_or_404(Account, Account.number == number)
