"""What is deleted, and what must stay."""

from datetime import timedelta

from peewee import Database

from cabinet.delivery import purge as purging
from cabinet.delivery.purge import purge
from cabinet.models import Attempt, Consent, InboxItem, OneTimeCode, Registration, WebSession
from cabinet.models.base import db, now
from cabinet.models.user import User


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
    counts = purge()
    assert counts == {"sessions": 1, "codes": 1, "attempts": 1, "registrations": 0, "inbox": 0}
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
