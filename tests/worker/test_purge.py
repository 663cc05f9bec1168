"""What is deleted, and what must stay."""

from datetime import timedelta

import pytest
from peewee import Database

from cabinet.models import (
    AccountEvent,
    Attempt,
    Consent,
    DeliveryTry,
    Device,
    EmailLink,
    InboxItem,
    Message,
    OneTimeCode,
    Registration,
    WebSession,
    departure,
)
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.user import User
from cabinet.worker import purge as purging
from cabinet.worker.purge import purge


def test_only_what_has_had_its_time_goes(database: Database) -> None:
    moment = now()
    with db.atomic():
        for key, hours in (("old", -1), ("live", 1)):
            WebSession.create(key=key, expires_at=moment + timedelta(hours=hours))
        for phone, hours in (("+79160000001", 25), ("+79160000002", 23)):
            made = moment - timedelta(hours=hours)
            OneTimeCode.create(purpose="registration", phone=phone, created_at=made, expires_at=made)
        for subject, days in (("old", 31), ("recent", 29)):
            Attempt.create(kind="test", subject=subject, at=moment - timedelta(days=days))
            AccountEvent.create(kind="signed-in", phone="+7", at=moment - timedelta(days=335 + days))
            sent = Message.enqueue("mail", "new_device", to=f"{subject}@example.org")
            Message.update(
                created_at=moment - timedelta(days=90), sent_at=moment - timedelta(days=days)
            ).where(Message.id == sent.id).execute()
            DeliveryTry.create(message=sent.id, gateway="smsc", at=moment - timedelta(days=370 + days))
        unsent = Message.enqueue("staff", "registered")
        Message.update(created_at=moment - timedelta(days=31)).where(Message.id == unsent.id).execute()
    counts = purge()
    assert {kind: count for kind, count in counts.items() if count} == dict.fromkeys(
        ("sessions", "codes", "attempts", "events", "messages", "tries"), 1
    )
    assert {m.to for m in Message.select()} == {"recent@example.org", ""}, "what was not sent stays"
    assert [s.key for s in WebSession.select()] == ["live"]
    assert [c.phone for c in OneTimeCode.select()] == ["+79160000002"]
    assert [a.subject for a in Attempt.select()] == ["recent"]


def test_abandoned_registrations_go_with_their_consents(database: Database) -> None:
    names = {}
    for name in ("abandoned", "finished", "recent"):
        names[name] = Registration.begin("+79160000001", "ru", ("1", "text"), "192.0.2.1", "browser").id
    with db.atomic():
        user = User.create(phone="+79160000001")
        Registration.update(completed_at=now(), user=user).where(
            Registration.id == names["finished"]
        ).execute()
        Consent.update(user_id=user.id).where(Consent.registration == names["finished"]).execute()
        Registration.update(created_at=now() - timedelta(days=8)).where(
            Registration.id != names["recent"]
        ).execute()
    assert purge()["registrations"] == 1
    left = {names["finished"], names["recent"]}
    assert {r.id for r in Registration.select()} == left
    assert {c.registration for c in Consent.select()} == left


def test_residents_who_withdrew_are_erased_when_their_time_is_over(database: Database) -> None:
    with db.atomic():
        users = {n: User.create(phone=f"+7916000000{n}", first_name=f"Имя{n}") for n in range(3)}
        for n, user in users.items():
            registration = Registration.create(phone=user.phone, first_name=f"Имя{n}", user=user)
            Registration.update(completed_at=now()).execute()
            Consent.give("consent", "1", "text", user.phone, registration.id, "192.0.2.1", "browser")
            WebSession.create(key=f"of {n}", user_id=user.id, expires_at=now() + timedelta(hours=1))
        Consent.update(user_id=users[0].id).where(Consent.phone == users[0].phone).execute()
    for n in range(2):
        departure.request_deletion(users[n], "192.0.2.1")
    with db.atomic():
        User.update(delete_at=now() - timedelta(seconds=1)).where(User.id == users[0].id).execute()
    withdrawn_at = Consent.get(Consent.user_id == users[0].id).withdrawn_at
    assert purge()["residents"] == 1
    assert {u.id for u in User.select()} == {users[1].id, users[2].id}
    assert "Имя0" not in {r.first_name for r in Registration.select()}
    assert not WebSession.select().where(WebSession.user_id == users[0].id).exists()
    consent = Consent.get(Consent.user_id == users[0].id)
    assert consent.withdrawn_at == withdrawn_at and (consent.ip, consent.user_agent) == ("", "")
    assert Message.select().where(Message.template == "deleted", Message.channel == "staff").count() == 1
    assert purge()["residents"] == 0


def test_many_rows_go_in_batches_and_the_inbox_keeps_the_newest(
    database: Database, monkeypatch: object
) -> None:
    kept = purging.INBOX_KEPT
    with db.atomic():
        InboxItem.insert_many(
            [
                {"kind": "sms", "to": "+7", "text": str(n), "sent_at": now()}
                for n in range(kept + purging.BATCH + 7)
            ]
        ).execute()
    assert purge()["inbox"] == purging.BATCH + 7
    assert InboxItem.select().count() == kept
    assert InboxItem.select().where(InboxItem.text == str(kept + purging.BATCH + 6)).exists()
    assert purge()["inbox"] == 0


def test_browsers_and_links_go_when_nobody_can_use_them(database: Database) -> None:
    moment = now()
    with db.atomic():
        user = User.create(phone="+79160000003")
        for key, days in (("old", 366), ("recent", 364)):
            Device.create(key=key, user=user, seen_at=moment - timedelta(days=days))
            expired = moment - timedelta(days=days - 275)
            EmailLink.create(user=user, email=f"{key}@example.org", expires_at=expired)
    counts = purge()
    assert (counts["browsers"], counts["links"]) == (1, 1)
    assert [d.key for d in Device.select()] == ["recent"]
    assert [link.email for link in EmailLink.select()] == ["recent@example.org"]


@pytest.mark.settings(device_lifetime=86400, prove_again_after=180 * 86400)
def test_what_says_that_a_resident_was_here_stays_as_long_as_it_is_asked(database: Database) -> None:
    with db.atomic():
        user = User.create(phone="+79160000003")
        for days in (179, 181):
            Device.create(key=str(days), user=user, seen_at=now() - timedelta(days=days))
    assert purge()["browsers"] == 1
    assert Device.get().key == "179"
