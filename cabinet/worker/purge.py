"""Deletes data past its retention period, in small transactions that block nobody for long."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from peewee import Expression, fn

from cabinet.billing import past
from cabinet.billing.uploads import discard_left_over
from cabinet.models import (
    AccountEvent,
    Attempt,
    ConnectionRequest,
    Consent,
    DataRequest,
    DeliveryTry,
    Device,
    EmailLink,
    InboxItem,
    Invitation,
    MaxStart,
    Message,
    OneTimeCode,
    PhoneChange,
    Registration,
    RequestNote,
    User,
    WayBack,
    WebSession,
    audit_chain,
    event_feed,
    half_written,
    invitation,
    presence,
    request_search,
    resident_search,
)
from cabinet.models.base import Model, now, settings
from cabinet.models.code_streak import MOST, STREAK
from cabinet.models.database import db
from cabinet.models.erasure import forget_erased
from cabinet.receipts import store
from cabinet.worker.erasing import discard, erase_people, erase_residents, loosen

BATCH = 500
REQUESTS = 25  # of a transaction: each brings its history and its words
INBOX_KEPT = 500
MOST_WORDED = 100_000  # requests, and as many residents


def purge() -> dict[str, int]:
    """Delete what is past its retention time; returns how many of each kind.

    How long what is kept says `config_terms.py`. Files whose request or import was never completed go, too.
    Requests and residents that are not found by their words yet, will be.
    """
    kept = settings()
    return {
        "sessions": _delete(WebSession, WebSession.expires_at < now()),
        "codes": _delete(OneTimeCode, OneTimeCode.created_at < _ago(kept.codes_kept)),
        "attempts": _delete(Attempt, (Attempt.at < _ago(kept.attempts_kept)) & (Attempt.kind != STREAK))
        + _delete(Attempt, (Attempt.at < _ago(kept.streaks_kept)) & Attempt.subject.not_in(_stopped())),
        "browsers": _delete(Device, Device.seen_at < _ago(_browsers_kept())),
        "starts": _delete(MaxStart, MaxStart.expires_at < _ago(kept.codes_kept)),
        "links": _delete(EmailLink, EmailLink.expires_at < _ago(kept.undelivered_kept)),
        "events": _delete(AccountEvent, AccountEvent.at < _ago(kept.events_kept)),
        "audit": audit_chain.drop_old(),
        "registrations": _abandoned_registrations(),
        "requests": _closed_requests(),
        "ways_back": _delete(WayBack, WayBack.over()),
        "phone_changes": _delete(PhoneChange, PhoneChange.until < _ago(kept.phone_changes_kept)),
        "data_requests": _delete(DataRequest, DataRequest.decided_at < _ago(kept.data_requests_kept)),
        "invitations": _old_invitations(),
        "consents": _delete(Consent, Consent.withdrawn_at < _ago(kept.consents_kept)),
        "residents": erase_residents(_batches(User, User.delete_at <= now())),
        "people": erase_people(),
        "half_written": half_written.forget_gone(),
        "messages": _old_messages(),
        "presences": presence.forget_gone(),
        "feed": event_feed.forget_gone(),
        "tries": _delete(DeliveryTry, DeliveryTry.at < _ago(kept.tries_kept)),
        "receipts": _left_over_receipts(),
        "imports": discard_left_over() + past.forget(_ago(kept.imports_kept)),
        "inbox": _demonstration_inbox(),
        "words": request_search.catch_up(MOST_WORDED) + resident_search.catch_up(MOST_WORDED),
    }


def _ago(seconds: int) -> datetime:
    return now() - timedelta(seconds=seconds)


def _browsers_kept() -> int:
    """Seconds: as long as a browser keeps its cookie, and as long as it says that a resident was here."""
    return max(settings().device_lifetime, settings().prove_again_after)


def _stopped() -> Any:
    """The phones that get no more codes until somebody allows them."""
    rows = Attempt.select(Attempt.subject).where(Attempt.kind == STREAK).group_by(Attempt.subject)
    return rows.having(fn.COUNT(Attempt.id) >= MOST)


def _old_messages() -> int:
    """Messages that were sent, and those that could not be, when their time is over: all name people."""
    sent = Message.sent_at < _ago(settings().messages_kept)  # a reader may ask for them as long as that
    old = Message.created_at < _ago(settings().undelivered_kept)
    dead = _delete(Message, old & Message.dead_at.is_null(False))
    return _delete(Message, sent) + dead + forget_erased()


def _demonstration_inbox() -> int:
    """All but the newest of the demonstration's inbox."""
    number: Any = _key(InboxItem)
    newest_to_go = InboxItem.select(number).order_by(number.desc()).offset(INBOX_KEPT).limit(1).scalar()
    return 0 if newest_to_go is None else _delete(InboxItem, number <= newest_to_go)


def _abandoned_registrations() -> int:
    """Registrations that were not finished in time, with their consents unless a request was sent by them."""
    gone, before = 0, _ago(settings().drafts_kept)
    abandoned = (Registration.created_at < before) & Registration.completed_at.is_null()
    for keys in _batches(Registration, abandoned):
        with db.atomic():
            Consent.delete().where(
                Consent.registration.in_(keys),
                Consent.user_id.is_null(),
                Consent.phone.not_in(ConnectionRequest.select(ConnectionRequest.phone)),
            ).execute()
            gone += Registration.delete().where(Registration.id.in_(keys), abandoned).execute()
    return gone


def _old_invitations() -> int:
    """Invitations whose time was over long ago, with the consents that were given for them alone."""
    gone, old = 0, Invitation.until < _ago(settings().invitations_kept)
    for keys in _batches(Invitation, old):
        with db.atomic():
            gone += invitation.forget(Invitation.id.in_(keys))
    return gone


def _closed_requests() -> int:
    """Requests closed long ago, with their files, and the consents that were kept for them alone."""
    gone = 0
    closed = ConnectionRequest.closed_at < _ago(settings().requests_kept)
    for keys in _batches(ConnectionRequest, closed, REQUESTS):
        these = (ConnectionRequest.id.in_(keys), closed)
        with db.atomic():
            phones = [row.phone for row in ConnectionRequest.select(ConnectionRequest.phone).where(*these)]
            files = ConnectionRequest.files_of(*these)
            gone += ConnectionRequest.delete().where(*these).execute()
            Consent.delete().where(
                Consent.phone.in_(phones),
                Consent.user_id.is_null(),
                Consent.withdrawn_at.is_null(),
                Consent.phone.not_in(ConnectionRequest.select(ConnectionRequest.phone)),
                Consent.registration.not_in(Registration.select(Registration.id)),
                Consent.registration.not_in(Invitation.select(Invitation.id)),
            ).execute()
            loosen(files)
        discard(files)
    return gone


def _left_over_receipts() -> int:
    """Files whose request was never sent; a file whose request exists is marked as settled."""
    gone = 0
    for name in store.left_over():
        asked = ConnectionRequest.select().where(ConnectionRequest.receipt == name)
        if asked.exists() or RequestNote.named(name):
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


def _batches(model: type[Model], condition: Expression, size: int = BATCH) -> Iterator[list[object]]:
    """The primary keys that meet the condition, looked up outside of any transaction."""
    key = _key(model)
    while True:
        rows: Any = model.select(key).where(condition).limit(size).tuples()
        keys = [row[0] for row in rows]
        if keys:
            yield keys
        if len(keys) < size:
            return


def _key(model: type[Model]) -> Any:
    return model._meta.primary_key
