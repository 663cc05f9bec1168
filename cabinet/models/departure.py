"""The end of a cabinet: grace period, deletion."""

from datetime import datetime, timedelta

from cabinet.models.audit import Audit
from cabinet.models.base import now, settings
from cabinet.models.consent import Consent
from cabinet.models.database import db
from cabinet.models.erasure import erase_traces, traces_of
from cabinet.models.own_requests import of_cabinet
from cabinet.models.registration import Registration
from cabinet.models.request import ConnectionRequest
from cabinet.models.session import WebSession
from cabinet.models.traces import Traces
from cabinet.models.unit import whole
from cabinet.models.user import User, by_staff


@whole
def request_deletion(user: User, ip: str, by: str = "", day: datetime | None = None) -> None:
    """Withdraw the consent: the cabinet is deleted after the grace period. Repeating it changes nothing.

    `by` is the member of staff who does it for a resident who asked in writing, `day` when it is deleted.
    """
    moment = now()
    delete_at = day or moment + timedelta(seconds=settings().deletion_grace)
    user.hold()
    first = User.update(delete_at=delete_at).where(User.id == user.id, User.delete_at.is_null()).execute()
    if not first:
        return
    user.delete_at = delete_at
    Consent.update(withdrawn_at=moment).where(
        Consent.user_id == user.id, Consent.withdrawn_at.is_null()
    ).execute()
    user.notify("deletion_requested", sms=True, date=delete_at.date().isoformat())
    user.notify_staff("deletion_requested", date=delete_at.date().isoformat(), **by_staff(by))
    _recorded("deletion-requested", user, ip, by)


@whole
def cancel_deletion(user: User, ip: str, by: str = "") -> bool:
    """Cancel the deletion: the cabinet stays, and so do the consents. False where its moment has come.

    What names the resident may be erased by then, before the cabinet itself (`cleared`).
    """
    user.hold()
    kept = User.update(delete_at=None).where(User.id == user.id, User.delete_at > now()).execute()
    if not kept:
        return User.select().where(User.id == user.id, User.delete_at.is_null()).exists()
    user.delete_at = None
    Consent.update(withdrawn_at=None).where(Consent.user_id == user.id).execute()
    user.notify_staff("deletion_cancelled", **by_staff(by))
    _recorded("deletion-cancelled", user, ip, by)
    return True


def _recorded(action: str, user: User, ip: str, by: str) -> None:
    Audit.record(f"staff-{action}" if by else action, by or f"user:{user.id}", user.id, ip)


def erase(user: User, found: Traces | None = None) -> None:
    """Delete the resident and all that is theirs. The register of consents stays, marked withdrawn.

    `found` is what names the resident elsewhere, where that was looked for, or `cleared`, before.
    """
    found = found or traces_of(user)
    with db.atomic():
        ConnectionRequest.delete().where(of_cabinet(user)).execute()
        mine = Consent.user_id == user.id
        Consent.update(withdrawn_at=now()).where(mine, Consent.withdrawn_at.is_null()).execute()
        Consent.update(ip="", user_agent="").where(mine).execute()
        Registration.delete().where(Registration.user == user.id).execute()
        WebSession.end_all(user.id)
        erase_traces(found)
        user.notify_staff("deleted")
        user.delete_instance()
        Audit.record("deleted", "system", user.id, requests=list(found.numbers))
