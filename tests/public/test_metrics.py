"""Figures for Prometheus, to who knows the token."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from cabinet.delivery import fan_out
from cabinet.models import Message
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.worker.alerts import Lookout
from config import Settings

TOKEN = pytest.mark.settings(metrics_token="figures")
MINE = {"Authorization": "Bearer figures"}


@TOKEN
def test_figures_tell_what_waits_and_what_is_dead(client: FlaskClient) -> None:
    with db.atomic():
        Message.create(channel="sms", template="x", created_at=now() - timedelta(minutes=6))
        Message.create(channel="mail", template="x", due_at=None, dead_at=now())
    text = client.get("/metrics", headers=MINE).get_data(as_text=True)
    for line in ('waiting{lane="sms"} 1.0', 'late{lane="sms"} 1.0', 'dead{lane="mail"} 1.0'):
        assert f"cabinet_messages_{line}" in text
    assert "cabinet_worker_silence_seconds +Inf" in text


@TOKEN
@pytest.mark.parametrize("given", ["", "Bearer", "Bearer x", "figures", "Bearer фы"])
def test_nothing_to_others(client: FlaskClient, given: str) -> None:
    assert (
        client.get("/metrics", headers={"Authorization": given.encode().decode("latin-1")}).status_code == 404
    )


def test_no_such_page_without_a_token(client: FlaskClient) -> None:
    for given in ("Bearer ", "Bearer"):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


@pytest.mark.settings(
    staff_emails=("all@example.org", "delivery_late=ops@example.org", "registered=no@example.org")
)
def test_what_is_late_is_mailed_once_until_all_is_well(client: FlaskClient) -> None:
    def mailed() -> list[str]:
        return sorted(m.to for m in Message.select().where(Message.template == "staff/delivery_late"))

    with db.atomic():
        late = Message.create(channel="sms", template="x", created_at=now() - timedelta(minutes=6))
    for _ in range(3):
        assert Lookout().look() == {"sms": 1}
    assert mailed() == ["all@example.org", "ops@example.org"]
    with db.atomic():
        Message.update(due_at=None).where(Message.id == late.id).execute()
    assert Lookout().look() == {}
    with db.atomic():
        Message.update(due_at=now()).where(Message.id == late.id).execute()
    Lookout().look()
    assert len(mailed()) == 4


@TOKEN
def test_an_alarm_is_told_as_long_as_it_stands(client: FlaskClient) -> None:
    line = 'cabinet_alarm{alarm="dead"} 1.0'
    with db.atomic():
        dead = Message.create(channel="sms", template="x", due_at=None, dead_at=now())
    Lookout().look()
    assert line in client.get("/metrics", headers=MINE).get_data(as_text=True)
    assert dead.retry()
    Lookout().look()
    assert line not in client.get("/metrics", headers=MINE).get_data(as_text=True)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("registered", ["a@b.ru", "c@d.ru"]),
        ("request_new", ["a@b.ru", "e@f.ru"]),
        ("deleted", ["a@b.ru", "c@d.ru"]),
        ("renamed", ["a@b.ru"]),
    ],
)
def test_receivers_by_kind(kind: str, found: list[str]) -> None:
    entries = ("a@b.ru", "registered+deleted=c@d.ru", "request_*=e@f.ru", "deleted=a@b.ru")
    assert fan_out.chosen(entries, kind) == found


def test_an_address_with_an_equals_sign_is_no_entry_of_kinds() -> None:
    hook = "https://x.ru/?key=1"
    assert fan_out.chosen((hook,), "registered") == [hook]
    assert fan_out.chosen((f"registered={hook}",), "registered") == [hook]
    assert fan_out.chosen((f"registered={hook}",), "deleted") == []


def test_settings_take_such_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFF_EMAILS", "a@b.ru, registered+deleted=c@d.ru")
    assert Settings.from_env().staff_emails == ("a@b.ru", "registered+deleted=c@d.ru")
