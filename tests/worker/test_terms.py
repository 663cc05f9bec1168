"""Each setting of how long something is kept: before its time nothing goes, afterwards it does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from peewee import Database

from cabinet.billing.folder import folder
from cabinet.models import (
    AccountEvent,
    Attempt,
    Audit,
    ConnectionRequest,
    Consent,
    DataRequest,
    DeliveryTry,
    Device,
    ImportBatch,
    ImportJob,
    Invitation,
    Message,
    OneTimeCode,
    PhoneChange,
    Registration,
    User,
    WayBack,
    audit_chain,
    departure,
)
from cabinet.models.base import now, settings
from cabinet.models.code_streak import STREAK
from cabinet.models.database import db
from cabinet.receipts import store
from cabinet.worker.purge import purge
from config import Settings
from config_check import BOUNDS
from config_terms import Terms
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.models.clock import after
from tests.models.test_request import submit

Make = Callable[[datetime], None]


def event(at: datetime) -> None:
    AccountEvent.create(kind="signed-in", phone=PHONE, at=at)


def audited(at: datetime) -> None:
    Audit.create(action="signed-in", actor="visitor", at=at)


def browser(at: datetime) -> None:
    Device.create(key="k", user=resident(), seen_at=at)


def draft(at: datetime) -> None:
    Registration.create(phone=PHONE, created_at=at)


def code(at: datetime) -> None:
    OneTimeCode.create(purpose="registration", phone=PHONE, created_at=at, expires_at=at)


def attempt(at: datetime, kind: str = "login") -> None:
    Attempt.create(kind=kind, subject=PHONE, at=at)


def streak(at: datetime) -> None:
    attempt(at, STREAK)


def sent(at: datetime) -> None:
    Message.create(channel="mail", template="t", due_at=None, sent_at=at, created_at=at)


def undelivered(at: datetime) -> None:
    Message.create(channel="webhook", template="t", due_at=None, dead_at=now(), created_at=at, parent="p")


def tried(at: datetime) -> None:
    DeliveryTry.create(message="m", gateway="smsc", at=at)


def closed(at: datetime) -> None:
    request = submit(receipt=store.keep(b"a receipt"))
    ConnectionRequest.update(state="refused", closed_at=at).where(
        ConnectionRequest.id == request.id
    ).execute()


def asked(at: datetime) -> None:
    texts = {"phone": NEW_PHONE, "reason": "r", "identified": "i", "asked_by": "s", "seen": ""}
    PhoneChange.create(user=resident(), asked_at=at, until=at, **texts)


def moved(at: datetime) -> None:
    WayBack.create(user=resident(), phone=PHONE, accounts=[], at=at)


def about_data(at: datetime) -> None:
    days = {"came_on": at.date(), "until": at.date(), "decided_at": at}
    texts = {"kind": "tell", "way": "post", "words": "1", "recorded_by": "s", "outcome": "closed"}
    DataRequest.create(phone=PHONE, **texts, **days)


def invited(at: datetime) -> None:
    who = {"last_name": "Иванова", "first_name": "Анна", "asked_by": "s", "asked_under": ""}
    receipt = {"account": "1", "period": at.date(), "amount": 1}
    Invitation.create(phone=PHONE, created_at=at, until=at, **who, **receipt)


def withdrawn(at: datetime) -> None:
    Consent.give("consent", "1", "text", PHONE, "r", "192.0.2.1", "browser")
    Consent.update(withdrawn_at=at).execute()


def leaving(at: datetime) -> None:
    departure.request_deletion(resident(), "192.0.2.1")


def checked(at: datetime) -> None:
    job = ImportJob.create(staff="s", name="f", state="checked", finished_at=at)
    (folder() / f"{job.id}.csv").write_text("a file")


def imported(at: datetime) -> None:
    job = ImportJob.create(staff="s", name="f", state="done", finished_at=at)
    ImportBatch.create(actor="s", name="f", job=job.id, state="done", finished_at=at)


MADE: dict[str, tuple[Make, Callable[[], Any]]] = {
    "deletion_grace": (leaving, User.select().count),
    "events_kept": (event, AccountEvent.select().count),
    "audit_kept": (audited, Audit.select().count),
    "device_lifetime": (browser, Device.select().count),
    "drafts_kept": (draft, Registration.select().count),
    "codes_kept": (code, OneTimeCode.select().count),
    "attempts_kept": (attempt, Attempt.select().count),
    "streaks_kept": (streak, Attempt.select().count),
    "messages_kept": (sent, Message.select().count),
    "undelivered_kept": (undelivered, Message.select().count),
    "tries_kept": (tried, DeliveryTry.select().count),
    "requests_kept": (closed, ConnectionRequest.select().count),
    "way_back_kept": (moved, WayBack.select().count),
    "phone_changes_kept": (asked, PhoneChange.select().count),
    "data_requests_kept": (about_data, DataRequest.select().count),
    "invitations_kept": (invited, Invitation.select().count),
    "consents_kept": (withdrawn, Consent.select().count),
    "imports_kept": (imported, lambda: ImportBatch.select().count() or ImportJob.select().count()),
    "checked_files_kept": (checked, lambda: len(list(folder().iterdir()))),
}


def test_every_term_is_tried_and_has_bounds() -> None:
    assert set(MADE) == set(Terms.__dataclass_fields__)
    assert set(MADE) <= set(BOUNDS)


@pytest.mark.parametrize("name", MADE)
def test_it_goes_when_its_time_is_over_and_not_before(
    name: str, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, left = MADE[name]
    term = getattr(settings, name) * 2  # not the default: the setting is what acts
    monkeypatch.setitem(settings.__dict__, name, term)
    monkeypatch.setitem(settings.__dict__, "prove_again_after", 0)  # known browsers stay as long as it asks
    with after(), db.atomic():
        make(now())
        audit_chain.seal()
    with after(term - 300):
        purge()
        assert left() == 1
    with after(term + 300):
        purge()
        assert left() == 0


def test_a_closed_request_takes_its_file_and_the_consent_given_for_it_along(database: Database) -> None:
    old = now() - timedelta(seconds=settings().requests_kept + 1)
    with db.atomic():
        for phone in (PHONE, OTHER_PHONE):
            name = store.keep(b"a receipt")
            store.settle(name)
            submit(phone, key=phone, receipt=name)
            Consent.give("consent", "1", "text", phone, f"of {phone}", "192.0.2.1", "browser")
        ConnectionRequest.update(state="done", closed_at=old).where(
            ConnectionRequest.phone == PHONE
        ).execute()
    assert purge()["requests"] == 1
    kept = ConnectionRequest.get()
    assert [path.name for path in store.folder().iterdir()] == [kept.receipt]
    assert [one.phone for one in Consent.select()] == [kept.phone] == [OTHER_PHONE]


def test_the_files_of_a_request_go_even_if_the_worker_dies_right_after_it_is_deleted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.atomic():
        name = store.keep(b"a receipt")
        store.settle(name)
        submit(receipt=name)
        ConnectionRequest.update(state="done", closed_at=datetime(2015, 1, 1)).execute()

    def die(name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(store, "discard", die)
        purge()
    monkeypatch.setattr(store, "PATIENCE", -60)
    purge()
    assert not list(store.folder().iterdir())
