"""«Не выходить на этом устройстве»: a session of weeks, in the browser's own cookie only.

It ends when the weeks that began with the sign-in are over, however often it is used, and with whatever ends
sessions. Its token is replaced about twice a day, so a copy of a cookie is not good for weeks.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cabinet.models.base import now, settings, unix_time
from cabinet.models.session import WebSession
from cabinet.web import session_keys as keys


def new_end() -> int:
    """When a session that begins now and stays is over, Unix time."""
    return int(unix_time()) + settings().stay_signed_in


def kept_until(data: Mapping[str, Any]) -> datetime | None:
    """When a session of this data is over, if it stays; naive UTC."""
    until = data.get(keys.STAYS)
    return datetime.fromtimestamp(until, UTC).replace(tzinfo=None) if until else None


def cookie_life(data: Mapping[str, Any]) -> int | None:
    """The seconds for which the browser keeps the cookie; None for one that ends with the browser."""
    return max(1, int(data[keys.STAYS] - unix_time())) if keys.STAYS in data else None


def needs_new_token(row: WebSession) -> bool:
    """Whether a session that stays has had its token for as long as others last."""
    old = row.created_at < now() - timedelta(seconds=settings().session_absolute)
    return row.kept_until is not None and old
