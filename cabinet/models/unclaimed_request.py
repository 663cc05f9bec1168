"""Connection requests of a phone that has no cabinet yet: whoever registers with it takes them over.

Not those of whom a contact in MAX alone says that the phone is theirs: it may have been, before.
"""

from datetime import datetime, timedelta
from typing import Any

from cabinet.models.base import now, settings
from cabinet.models.prepared import Prepared
from cabinet.models.request import ConnectionRequest

KEPT_FOR = timedelta(days=90)  # or shorter: later the phone may be another person's


def latest_of(phone: str) -> ConnectionRequest | None:
    """The newest, if not too old to be of the same person."""
    return _latest.first(phone, _since())


def adopt(phone: str, user_id: str) -> None:
    """They become those of the resident who registered with the phone."""
    ConnectionRequest.update(user=user_id).where(*_recent(phone, _since())).execute()


def may_be_of(request: ConnectionRequest, phone: str) -> bool:
    """Whether it is of whoever has the phone: of no cabinet, and not too old for its owner to be the same."""
    least = settings().prove_again_after
    lately = not least or request.created_at > now() - timedelta(seconds=least)
    return request.user_id is None and not request.proved_by and request.phone == phone and lately


def _since() -> datetime:
    least = settings().prove_again_after
    return now() - (min(KEPT_FOR, timedelta(seconds=least)) if least else KEPT_FOR)


def _recent(phone: Any, since: Any) -> tuple[Any, ...]:
    row = ConnectionRequest
    return row.phone == phone, row.user.is_null(), row.proved_by.is_null(), row.created_at > since


_latest: Prepared[ConnectionRequest] = Prepared(
    lambda phone, since: (
        ConnectionRequest.select()
        .where(*_recent(phone, since))
        .order_by(ConnectionRequest.created_at.desc())
        .limit(1)
    )
)
