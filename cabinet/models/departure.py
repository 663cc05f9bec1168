"""The end of a cabinet: data download, grace period, deletion."""

from datetime import date, timedelta
from typing import Any

from cabinet.models.account_event import history_of
from cabinet.models.audit import Audit
from cabinet.models.base import now, settings
from cabinet.models.consent import Consent
from cabinet.models.database import db
from cabinet.models.device import Device
from cabinet.models.erasure import Traces, erase_traces, traces_of
from cabinet.models.linking import accounts
from cabinet.models.passkey import Passkey
from cabinet.models.registration import Registration
from cabinet.models.request import ConnectionRequest
from cabinet.models.session import WebSession
from cabinet.models.unit import whole
from cabinet.models.user import User

MOST_EVENTS = 10_000  # in the download; enough for the whole term that they are kept


@whole
def request_deletion(user: User, ip: str) -> None:
    """Withdraw the consent: the cabinet is deleted after the grace period. Repeating it changes nothing."""
    moment = now()
    delete_at = moment + timedelta(seconds=settings().deletion_grace)
    user.hold()
    first = User.update(delete_at=delete_at).where(User.id == user.id, User.delete_at.is_null()).execute()
    if not first:
        return
    user.delete_at = delete_at
    Consent.update(withdrawn_at=moment).where(
        Consent.user_id == user.id, Consent.withdrawn_at.is_null()
    ).execute()
    user.notify("deletion_requested", sms=True, date=delete_at.date().isoformat())
    user.notify_staff("deletion_requested", date=delete_at.date().isoformat())
    Audit.record("deletion-requested", f"user:{user.id}", user.id, ip)


@whole
def cancel_deletion(user: User, ip: str) -> None:
    """Cancel the deletion: the cabinet stays, and so do the consents."""
    user.hold()
    kept = User.update(delete_at=None).where(User.id == user.id, User.delete_at.is_null(False)).execute()
    if not kept:
        return
    user.delete_at = None
    Consent.update(withdrawn_at=None).where(Consent.user_id == user.id).execute()
    user.notify_staff("deletion_cancelled")
    Audit.record("deletion-cancelled", f"user:{user.id}", user.id, ip)


def erase(user: User, found: Traces | None = None) -> None:
    """Delete the resident and all that is theirs. The register of consents stays, marked withdrawn.

    `found` is what names the resident elsewhere, where that was looked for, or `cleared`, before.
    """
    found = found or traces_of(user)
    with db.atomic():
        ConnectionRequest.erase_of(user.phone, user.id)
        mine = Consent.user_id == user.id
        Consent.update(withdrawn_at=now()).where(mine, Consent.withdrawn_at.is_null()).execute()
        Consent.update(ip="", user_agent="").where(mine).execute()
        Registration.delete().where(Registration.user == user.id).execute()
        WebSession.end_all(user.id)
        erase_traces(found)
        user.notify_staff("deleted")
        user.delete_instance()
        Audit.record("deleted", "system", user.id)


def own_data(user: User) -> dict[str, Any]:
    """Everything stored about the resident, for the download."""
    return {
        "phone": user.phone if user.has_number else "",
        "last_name": user.last_name,
        "first_name": user.first_name,
        "middle_name": user.middle_name,
        "birth_date": _iso(user.birth_date),
        "email": user.email,
        "email_confirmed_at": _iso(user.email_confirmed_at),
        "created_at": _iso(user.created_at),
        "delete_at": _iso(user.delete_at),
        "accounts": [{"number": a.printed, "address": a.address} for a in accounts(user)],
        "requests": [r.own_data() for r in ConnectionRequest.of_user(user.id)],
        **_traces(user),
    }


def _traces(user: User) -> dict[str, list[dict[str, Any]]]:
    """What the resident's visits left behind, oldest first."""
    consents = Consent.select().where(Consent.user_id == user.id).order_by(Consent.at, Consent.id)
    sessions = WebSession.select().where(WebSession.user_id == user.id).order_by(WebSession.created_at)
    devices = Device.select().where(Device.user == user.id).order_by(Device.created_at)
    passkeys = [(_iso(p.created_at), _iso(p.used_at), p.name) for p in Passkey.of(user)]
    return {
        "consents": [
            {"kind": c.kind, "version": c.version, "sha256": c.sha256, "at": _iso(c.at), "ip": c.ip}
            for c in consents
        ],
        "sessions": [
            {"began": _iso(w.created_at), "seen": _iso(w.seen_at), "ip": w.ip, "browser": w.user_agent}
            for w in sessions
        ],
        "devices": [
            {"began": _iso(d.created_at), "seen": _iso(d.seen_at), "browser": d.user_agent} for d in devices
        ],
        "passkeys": [{"added": added, "used": used, "name": name} for added, used, name in passkeys],
        "events": [
            {"at": _iso(one.at), "what": one.what, "ip": one.ip}
            for one in reversed(history_of(user, most=MOST_EVENTS))
        ],
    }


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
