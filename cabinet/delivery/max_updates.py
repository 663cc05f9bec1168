"""What MAX tells the bot: who started it by a link of the cabinet, and who stopped it.

An update may come twice, late or out of order: MAX repeats it until it is answered.
"""

from typing import Any

from cabinet.models.max_link import started, stopped

MOST = 2**63  # of MAX's numbers


def take(update: Any) -> None:
    """Do what an update asks for; one that makes no sense is nothing."""
    if not isinstance(update, dict):
        return
    kind, user, at = (
        update.get("update_type"),
        _number(_part(update, "user").get("user_id")),
        _number(update.get("timestamp")),
    )
    if not user:
        return
    payload = update.get("payload")
    if kind == "bot_started" and isinstance(payload, str):
        started(payload, user, at)
    elif kind in ("bot_stopped", "dialog_removed"):
        stopped(user, at)


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _number(value: Any) -> int:
    """A whole number of MAX's; 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < MOST else 0
