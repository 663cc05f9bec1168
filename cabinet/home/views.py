"""The cabinet: greeting, addresses."""

from flask import Blueprint
from flask_login import current_user
from werkzeug.wrappers import Response

from cabinet.web import advance, page, said, say
from flask_babel import gettext as _
from flask import session

bp = Blueprint("home", __name__)


@bp.before_request
def guard() -> Response | None:
    """Only for residents who are signed in."""
    if current_user.is_authenticated:
        return None
    if session.presented:  # type: ignore[attr-defined]
        say(_("Войдите ещё раз: время сеанса вышло."))
    return advance("entry.phone")


@bp.get("/home")
def home() -> Response:
    """Name, phone, the list of addresses with the latest charges."""
    accounts = [(account, account.latest_charge()) for account in current_user.accounts()]
    return page("home/home.html", user=current_user, accounts=accounts, notice=said())
