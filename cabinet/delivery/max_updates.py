"""What MAX tells the bot: who started it by a link of the cabinet, sent a contact, stopped it.

An update may come twice, late or out of order: MAX repeats it until it is answered.
"""

from typing import Any

from cabinet.models import max_contact
from cabinet.models.max_link import started, stopped

MOST = 2**63  # of MAX's numbers


def take(update: Any) -> None:
    """Do what an update asks for; one that makes no sense is nothing."""
    if not isinstance(update, dict):
        return
    kind = update.get("update_type")
    if kind == "message_created":
        _take_contact(_part(update, "message"))
        return
    user, at = _number(_part(update, "user").get("user_id")), _number(update.get("timestamp"))
    if not user:
        return
    payload = update.get("payload")
    if kind == "bot_started" and isinstance(payload, str):
        if not started(payload, user, at):
            max_contact.started(payload, user)
    elif kind in ("bot_stopped", "dialog_removed"):
        stopped(user, at)


def _take_contact(message: dict[str, Any]) -> None:
    """What a message brings that has nothing but a contact; what was forwarded is not in its body."""
    attached = _part(message, "body").get("attachments")
    one = attached[0] if isinstance(attached, list) and len(attached) == 1 else None
    if not isinstance(one, dict) or one.get("type") != "contact":
        return
    contact, sender = _part(one, "payload"), _number(_part(message, "sender").get("user_id"))
    vcf, digest = contact.get("vcf_info"), contact.get("hash")
    if sender and isinstance(vcf, str) and isinstance(digest, str):
        max_contact.shared(sender, _number(_part(contact, "max_info").get("user_id")), vcf, digest)


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _number(value: Any) -> int:
    """A whole number of MAX's; 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < MOST else 0
