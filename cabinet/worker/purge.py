"""Deletes what has had its time, in small transactions that hold nobody up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from peewee import Expression

from cabinet.billing.jobs import discard_left_over
from cabinet.models import (
    Attempt,
    ConnectionRequest,
    Consent,
    InboxItem,
    Message,
    OneTimeCode,
    Registration,
    User,
    WebSession,
)
from cabinet.models.base import Model, now
from cabinet.models.database import db, is_sqlite
from cabinet.models.departure import erase
from cabinet.receipts import store

BATCH = 500
INBOX_KEPT = 500


def purge() -> dict[str, int]:
    """Delete what has had its time; how many, by table's name.

    Expired sessions, codes and attempts, registrations abandoned, residents who withdrew and did not think
    again, messages sent long ago and those to residents that died longer ago: they name people too. Files
    whose request or import never came to be.
    """
    moment = now()
    counts = {
        "sessions": _delete(WebSession, WebSession.expires_at < moment),
        "codes": _delete(OneTimeCode, OneTimeCode.created_at < moment - timedelta(hours=24)),
        "attempts": _delete(Attempt, Attempt.at < moment - timedelta(days=30)),
        "registrations": _abandoned_registrations(),
        "residents": _withdrawn_residents(),
        "messages": _delete(
            Message,
            (Message.created_at < moment - timedelta(days=30)) & Message.sent_at.is_null(False),
        )
        + _delete(
            Message,
            (Message.created_at < moment - timedelta(days=90))
            & Message.dead_at.is_null(False)
            & Message.lane.in_(("sms", "mail"))
            & Message.parent.is_null(),
        ),
        "receipts": _left_over_receipts(),
        "imports": discard_left_over(),
        "inbox": 0,
    }
    number: Any = _key(InboxItem)
    newest_to_go = InboxItem.select(number).order_by(number.desc()).offset(INBOX_KEPT).limit(1).scalar()
    if newest_to_go is not None:
        counts["inbox"] = _delete(InboxItem, number <= newest_to_go)
    return counts


def _abandoned_registrations() -> int:
    """Registrations unfinished for a week, with their consents unless a request was sent by them."""
    gone = 0
    abandoned = (Registration.created_at < now() - timedelta(days=7)) & Registration.completed_at.is_null()
    for keys in _batches(Registration, abandoned):
        with db.atomic():
            Consent.delete().where(
                Consent.registration.in_(keys),
                Consent.user_id.is_null(),
                Consent.phone.not_in(ConnectionRequest.select(ConnectionRequest.phone)),
            ).execute()
            gone += Registration.delete().where(Registration.id.in_(keys), abandoned).execute()
    return gone


def _withdrawn_residents() -> int:
    """Residents whose grace period is over, each in a transaction of their own."""
    gone, over = 0, User.delete_at <= now()
    for keys in _batches(User, over):
        for key in keys:
            with db.atomic():
                due = User.select().where(User.id == key, over)
                user = (due if is_sqlite() else due.for_update()).first()
                if user is not None:
                    receipts = ConnectionRequest.receipts_of(user.phone, user.id)
                    erase(user)
                    for name in receipts:
                        store.discard(name)
                    gone += 1
    return gone


def _left_over_receipts() -> int:
    """Files of requests that never came to be; those that came to be keep theirs."""
    gone = 0
    for name in store.left_over():
        if ConnectionRequest.select().where(ConnectionRequest.receipt == name).exists():
            store.settle(name)
        else:
            store.discard(name)
            gone += 1
    return gone


def _delete(model: type[Model], condition: Expression) -> int:
    gone, key = 0, _key(model)
    for keys in _batches(model, condition):
        with db.atomic():
            gone += model.delete().where(key.in_(keys), condition).execute()
    return gone


def _batches(model: type[Model], condition: Expression) -> Iterator[list[object]]:
    """The primary keys that meet the condition, found outside of any transaction."""
    key = _key(model)
    while True:
        rows: Any = model.select(key).where(condition).limit(BATCH).tuples()
        keys = [row[0] for row in rows]
        if keys:
            yield keys
        if len(keys) < BATCH:
            return


def _key(model: type[Model]) -> Any:
    return model._meta.primary_key
