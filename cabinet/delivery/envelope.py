"""The schema in which webhooks and the feed show an event; docs/webhooks.md is for their readers."""

from datetime import datetime
from typing import Any

VERSION = 1


def envelope(event_id: str, event: str, created_at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    """An event, to be written as JSON."""
    return {
        "id": event_id,
        "event": event,
        "version": VERSION,
        "created_at": created_at.isoformat() + "Z",
        "data": data,
    }
