"""Connection requests of a phone that has no cabinet yet: whoever registers with it takes them over."""

from datetime import timedelta
from typing import Any

from cabinet.models.base import now
from cabinet.models.prepared import Prepared
from cabinet.models.request import ConnectionRequest

KEPT_FOR = timedelta(days=90)  # later the phone may be another person's


def latest_of(phone: str) -> ConnectionRequest | None:
    """The newest, if not too old to be of the same person."""
    return _latest.first(phone, now() - KEPT_FOR)


def adopt(phone: str, user_id: str) -> None:
    """They become those of the resident who registered with the phone."""
    ConnectionRequest.update(user=user_id).where(*_recent(phone, now() - KEPT_FOR)).execute()


def _recent(phone: Any, since: Any) -> tuple[Any, ...]:
    row = ConnectionRequest
    return row.phone == phone, row.user.is_null(), row.created_at > since


_latest: Prepared[ConnectionRequest] = Prepared(
    lambda phone, since: (
        ConnectionRequest.select()
        .where(*_recent(phone, since))
        .order_by(ConnectionRequest.created_at.desc())
        .limit(1)
    )
)
