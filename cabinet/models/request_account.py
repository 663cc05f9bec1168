"""The account of billing that a member of staff finds for a request: linked, or its sender is invited."""

from cabinet.models import casework, linking
from cabinet.models.account import Account
from cabinet.models.account_search import find_accounts
from cabinet.models.audit import Audit
from cabinet.models.database import db
from cabinet.models.locks import lock_names
from cabinet.models.request import ConnectionRequest
from cabinet.models.request_note import RequestNote
from cabinet.models.staff import Staff
from cabinet.models.user import User


def words_to_find(request: ConnectionRequest) -> str:
    """By what to search billing for it: its number where billing has that, else street, house and flat."""
    if request.account_key and find_accounts(request.account_key)[0]:
        return str(request.account)
    parts = (request.street or request.city, request.house, request.building, request.flat)
    return " ".join(filter(None, parts))


def settle(
    request: ConnectionRequest, account: Account, staff: Staff, ip: str, seen: int, close: bool = False
) -> bool:
    """Link the account to the cabinet of the sender, or invite who has none; `close` the request by that.

    The resident gets one message, of the link or the invitation. False, and nothing changes, for a request
    that is closed, and when somebody else was at work on it after the entry `seen`.
    """
    with db.atomic():
        lock_names(f"casework:{request.number}")
        changes: dict[object, object] = {ConnectionRequest.matched_account: account.number}
        if close and not request.assignee:
            changes[ConnectionRequest.assignee] = staff.id
        unchanged = (ConnectionRequest.id == request.id, ConnectionRequest.state == request.state)
        if not request.is_open or seen != request.last_entry():
            return False
        if not ConnectionRequest.update(changes).where(*unchanged).execute():
            return False
        _tell(request, account, staff, ip)
        if close:
            casework.shift(request, "done", staff, ip, ways=("done",))
        return True


def _tell(request: ConnectionRequest, account: Account, staff: Staff, ip: str) -> None:
    """Link or invite, and write that down."""
    user = User.find(request.user_id) if request.user_id else None
    if user is not None:
        linking.link(user, account, ip, staff.actor)
    elif request.matched_account != account.number:  # or an import brought it, and they were invited
        request.notify("request_matched", registered=False)
    done = "Лицевой счёт добавлен жителю" if user else "Житель приглашён, лицевой счёт"
    RequestNote.create(
        request=request, staff=staff.id, kind="note", text=f"{done}: {account.printed}, {account.address}"
    )
    Audit.record("staff-request-matched", staff.actor, request.number, ip, account=account.number)
