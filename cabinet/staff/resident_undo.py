"""Takes back what a member of staff did last for a resident, in this session."""

from typing import Any

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models import Account, User, linking
from cabinet.models.base import unix_time
from cabinet.models.profile import ChangedMeanwhileError, correct_name
from cabinet.staff.guard import bp, current_staff, get_or_404
from cabinet.web import session_keys as keys
from cabinet.web.flow import advance, flash
from cabinet.web.security import client_address
from cabinet.web.sessions import session

OFFERED_FOR = 600  # seconds


def remember(user: User, what: str, **before: Any) -> None:
    """Keep how to take back what was done just now, in place of what was done before."""
    session[keys.STAFF_UNDO] = {"user": user.id, "what": what, "at": int(unix_time()), **before}


def can_undo(user: User) -> str:
    """What was done last, if it was for this resident and lately: `name`, `linked` or `unlinked`."""
    kept = session.get(keys.STAFF_UNDO) or {}
    lately = unix_time() - kept.get("at", 0) < OFFERED_FOR
    return str(kept["what"]) if lately and kept.get("user") == user.id else ""


@bp.post("/resident/<user_id>/undo")
def undo_for_resident(user_id: str) -> Response:
    """All as it was; what was sent stays sent, and the resident is told of this, too."""
    user = get_or_404(User, User.id == user_id)
    if not can_undo(user):
        flash(_("Отменять нечего."), "info")
    elif _undone(user, session.pop(keys.STAFF_UNDO)):
        flash(_("Вернули как было, мы сообщили об этом жителю."))
    else:
        flash(_("С тех пор это изменили, отменять нечего."), "warn")
    return advance("staff.resident", user_id=user.id)


def _undone(user: User, kept: dict[str, Any]) -> bool:
    by, ip = current_staff().actor, client_address()
    if kept["what"] == "name":
        try:
            return correct_name(user, tuple(kept["before"]), kept["seen"], by, ip)
        except ChangedMeanwhileError:
            return False
    account = Account.get_or_none(Account.number == kept["account"])
    return account is not None and linking.take_back(user, account, kept["what"], ip, by)
