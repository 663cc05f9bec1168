"""Requests whose phone a contact in MAX alone proved: erased for who sent them, apart from the SIM's owner.

Nobody's cabinet has them, and whoever has the SIM may be another person. So staff find out who asks, and
erase them by a press of their own.
"""

from collections.abc import Callable
from typing import Any

from cabinet.models.audit import Audit
from cabinet.models.base import now
from cabinet.models.data_request import DataRequest, keep_rights
from cabinet.models.erasure import erase_traces, looked_for
from cabinet.models.registration import Registration
from cabinet.models.request import ConnectionRequest
from cabinet.models.staff import Staff
from cabinet.models.traces import Traces, name_of
from cabinet.models.unit import whole
from cabinet.models.user import User
from cabinet.models.withdrawal import nobody


def of_contact(phone: str) -> Any:
    """The condition: those of this phone."""
    row = ConnectionRequest
    return (row.phone == phone) & row.user.is_null() & row.proved_by.is_null(False)


def count_of_contact(phone: str) -> int:
    """How many there are."""
    return ConnectionRequest.select().where(of_contact(phone)).count()


def may_erase_of_contact(request: DataRequest) -> bool:
    """Whether their author may be who asked: to delete, and nobody has refused it."""
    return request.erases and request.outcome in ("", "approved")


def erase_of_contact(request: DataRequest, staff: Staff, ip: str, loosen: Callable[[str], None]) -> list[str]:
    """Delete them at once, and what names who sent them, because that person asked for it.

    `loosen` gets the name of each file before the end of the transaction; the caller deletes those returned.
    Raises RightsLostError.
    """
    return _erase(request, _traces(request.phone), staff, ip, loosen)


def _traces(phone: str) -> Traces:
    """What names those who sent them, by their numbers and mailboxes: the phone may be another's."""
    requests = list(ConnectionRequest.select().where(of_contact(phone)))
    numbers, emails = ({getattr(one, name) for one in requests} for name in ("number", "email"))
    others = User.select(User.email).where(User.email.in_(emails)) if emails else []
    emails -= {other.email for other in others} | {""}
    names = frozenset(map(name_of, requests))
    told = (tuple(sorted(emails)), tuple(sorted(numbers)), now(), names)
    known = Traces(nobody(phone), (), (), *told, by_contact=True)
    return looked_for(known) if numbers else known


@whole
def _erase(
    request: DataRequest, found: Traces, staff: Staff, ip: str, loosen: Callable[[str], None]
) -> list[str]:
    keep_rights(staff)
    these = of_contact(request.phone) & ConnectionRequest.number.in_(found.numbers)
    files = ConnectionRequest.files_of(these)
    if not ConnectionRequest.delete().where(these).execute():
        return []
    draft = Registration
    begun = (draft.phone == request.phone) & draft.completed_at.is_null() & draft.proved_by.is_null(False)
    draft.delete().where(begun).execute()
    files += erase_traces(found)
    Audit.record("staff-contact-requests-deleted", staff.actor, request.subject, ip, request=request.id)
    Audit.record("person-deleted", "system", request.id, requests=list(found.numbers))
    for name in files:
        loosen(name)
    return files
