"""Erases whose time for second thoughts is over, one transaction each, and then their files."""

from collections.abc import Iterable

from cabinet.models import ConnectionRequest, DataRequest, User, withdrawal
from cabinet.models.base import now
from cabinet.models.database import db, is_sqlite
from cabinet.models.departure import erase
from cabinet.models.erasure import cleared
from cabinet.models.own_requests import of_cabinet
from cabinet.receipts import store


def erase_residents(batches: Iterable[Iterable[object]]) -> int:
    """Erase those of these keys whose time is still over; returns how many."""
    gone, over = 0, User.delete_at <= now()
    for key in (one for keys in batches for one in keys):
        found = cleared(User.get_by_id(key))
        with db.atomic():
            due = User.select().where(User.id == key, over)
            user = (due if is_sqlite() else due.for_update()).first()
            if user is None:
                continue
            files = ConnectionRequest.files_of(of_cabinet(user))
            erase(user, found)
            loosen(files)
        discard([*files, *found.files])
        gone += 1
    return gone


def erase_people() -> int:
    """Erase people without a cabinet whose data were to be deleted; returns how many."""
    gone = 0
    for request in DataRequest.due():
        if withdrawal.came_back(request):
            continue
        found = cleared(withdrawal.nobody(request.phone))
        with db.atomic():
            due = DataRequest.select().where(DataRequest.id == request.id, DataRequest.outcome == "approved")
            locked = (due if is_sqlite() else due.for_update()).first()
            if locked is None or User.by_phone(request.phone):  # who came back this very moment
                continue
            files = ConnectionRequest.files_of(ConnectionRequest.theirs(request.phone, found.user.id))
            withdrawal.erase_person(request, found)
            loosen(files)
        discard([*files, *found.files])
        gone += 1
    return gone


def loosen(files: list[str]) -> None:
    """Have these count as left over, inside the transaction that deletes what names them."""
    for name in files:
        store.loosen(name)


def discard(files: list[str]) -> None:
    """Delete these, after that."""
    for name in files:
        store.discard(name)
