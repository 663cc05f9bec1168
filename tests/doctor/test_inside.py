"""Each fault of an installation is found, and what cures it is said."""

import errno
import os
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import peewee
import pytest
from pytest_httpserver import HTTPServer

from cabinet.delivery.errors import RefusedError
from cabinet.delivery.gateways.smsc import SmscGateway
from cabinet.delivery.mail import SmtpMailer
from cabinet.doctor import choices, folders, others
from cabinet.doctor.finding import Finding, Level
from cabinet.models import Heartbeat, Message
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.fate import Fault
from config import Settings
from tests.doctor.conftest import Examine, lines
from tests.ports import free_port
from tests.production import COMPLETE

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def of(level: Level, findings: Any) -> list[str]:
    """The texts of the findings of a level."""
    return [one.text for one in findings if one.level is level]


def test_a_right_installation_is_green(examine: Examine) -> None:
    said = examine()
    assert not lines(said, "WRONG") and not lines(said, "note"), said
    for part in ("database answers", "migrations applied", "takes writes", "UPLOADS_FOLDER keeps", "GB free"):
        assert part in said


def test_whatever_is_wrong_has_its_cure() -> None:
    assert str(Finding(Level.WRONG, "a", "b")) == "WRONG  a\n       → b"


def test_a_worker_that_is_silent_or_never_ran(examine: Examine) -> None:
    with db.connection_context(), db.atomic():
        Heartbeat.update(at="2026-01-01 00:00:00").execute()
    assert "worker was alive" in lines(examine(fails=1), "WRONG")[0]
    with db.connection_context(), db.atomic():
        Heartbeat.delete().execute()
    said = examine(fails=1)
    assert "WRONG  worker has never run" in said and "systemctl start cabinet-worker" in said


def test_messages_that_wait_or_were_given_up(examine: Examine) -> None:
    with db.connection_context(), db.atomic():
        late = Message.enqueue("sms", "code", to="+79161234567")
        Message.update(created_at="2026-01-01 00:00:00").where(Message.id == late.id).execute()
        dead = Message.enqueue("mail", "registered", to="a@example.org")
        Message.update(due_at=None, dead_at=dead.created_at).where(Message.id == dead.id).execute()
    said = examine()
    assert "waiting for over five minutes: 1 sms" in said and "1 messages were given up" in said


@ONE
@pytest.mark.settings(staff_emails=("registered+connection_request=requests@example.org",))
def test_events_that_nobody_receives(examine: Examine) -> None:
    (line,) = [line for line in examine(fails=1).splitlines() if "without a receiver" in line]
    assert "WRONG" in line
    assert "account_linked" in line and "registered" not in line.replace(",", "").split()


@ONE
@pytest.mark.settings(
    sms_backend="smsc",
    gateway_settings={"smsc_login": "a", "smsc_password": "b", "smsc_api_url": "http://127.0.0.1:1"},
)
def test_the_money_left(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_gateway: SmscGateway) -> int:
        raise RefusedError("SMSC 2", Fault.ACCOUNT)

    for balance, said, fails in (
        (lambda _gateway: 10050, "ok     gateway smsc has 100.50 roubles left", 0),
        (lambda _gateway: 0, "WRONG  gateway smsc has 0.00 roubles left", 1),
        (refuse, "WRONG  gateway smsc: SMSC 2", 1),
    ):
        monkeypatch.setattr(SmscGateway, "balance", balance)
        assert said in examine(fails)


@ONE
def test_a_database_that_is_away(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise peewee.OperationalError("secret details")

    monkeypatch.setattr(db.obj, "connect", refuse)
    said = examine(fails=1)
    assert "database does not answer: OperationalError" in said and "correct DATABASE_URL" in said
    assert "secret details" not in said


@ONE
def test_a_database_that_takes_no_writes(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_name: str) -> None:
        raise peewee.OperationalError("disk full")

    monkeypatch.setattr(Heartbeat, "beat", refuse)
    assert "takes no writes" in lines(examine(fails=1), "WRONG")[0]


@ONE
def test_folders(
    settings: Settings, database: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "uploads").write_text("in the way")
    (tmp_path / "imports").mkdir(mode=0o755)
    found = list(folders.findings(settings))
    assert any("UPLOADS_FOLDER: files cannot be kept" in text for text in of(Level.WRONG, found))
    assert "IMPORTS_FOLDER is open to other users of this host" in of(Level.NOTE, found)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    monkeypatch.setattr(folders, "LEAST_FREE", 10**18)
    found = list(folders.findings(settings))
    assert any("GB free" in text for text in of(Level.WRONG, found))
    assert any("belongs to another user" in text for text in of(Level.NOTE, found))


FALLBACK = "SECRET_KEY_FALLBACKS: an earlier key is still good"
YEAR = (now() + timedelta(days=31)).year
PRODUCTION: dict[str, Any] = {
    **COMPLETE,
    "trusted_proxies": 1,
    "sms_day_segments": 500,
    "days_off_moved": (f"{YEAR}-01-05>{YEAR}-05-02",),
}


@ONE
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"trusted_proxies": 0}, ["proxies in front: 0"]),
        ({"host": "0.0.0.0"}, ["the web server listens on 0.0.0.0 and believes X-Forwarded-For"]),
        (
            {"days_off_moved": ("2019-01-05>2019-05-02",)},
            [f"days off that the government moves in {YEAR} are not known"],
        ),
        ({"sms_day_segments": 0}, ["nothing limits what SMS to residents may cost"]),
        ({"sms_day_segments": 0, "sms_month_roubles": 30_000}, []),
        ({"log_level": "DEBUG"}, ["LOG_LEVEL=DEBUG fills the disk"]),
        ({"frame_ancestors": ("http://a.ru",)}, ["sites without TLS may embed the cabinet: http://a.ru"]),
        ({"secret_key_fallbacks": ("f" * 8 + "0123456789abcdeghijklmnopqrst",)}, [FALLBACK]),
        ({"metrics_token": "short"}, ["METRICS_TOKEN is short"]),
        ({"code_tries": 0}, ["CODE_TRIES must be between 1 and 10"]),
    ],
)
def test_risky_settings(database: object, changes: dict[str, Any], said: list[str]) -> None:
    right = {**PRODUCTION, **changes}
    assert [one.text for one in choices.findings(Settings(**right)) if one.level is not Level.OK] == said


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_database_far_away_without_tls(database: object) -> None:
    right = {**PRODUCTION, "database_url": "postgresql://a@db.example/b"}
    notes = of(Level.NOTE, choices.findings(Settings(**right)))
    assert any("to db.example unencrypted" in text for text in notes)
    safe = {**right, "database_url": "postgresql://a@db.example/b?sslmode=require"}
    assert not of(Level.NOTE, choices.findings(Settings(**safe)))


@ONE
def test_others_that_are_away(database: object) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    changes: dict[str, Any] = {
        "smtp_url": f"smtp://{nowhere}",
        "twilio_api_url": f"http://{nowhere}",
        "redis_url": f"redis://{nowhere}",
        "staff_webhooks": (f"registered=http://{nowhere}/hook",),
        "staff_webhook_secret": "an-hour-is-not-a-day-0123456789-x",
    }
    found = list(others.findings(Settings(**{**PRODUCTION, **changes})))
    texts = of(Level.WRONG, found)
    assert len(texts) == len(found) == 4, found
    for part in ("gateway twilio is out of reach", "mail server 127.0.0.1", "webhook at 127.0.0.1", "Redis"):
        assert any(part in text for text in texts), part


@ONE
def test_others_that_answer(
    database: object, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SmtpMailer, "check", lambda _mailer: None)
    hook = httpserver.url_for("/hook")
    changes = {
        "smtp_url": "smtp://localhost:25",
        "twilio_api_url": httpserver.url_for("/"),
        "staff_webhooks": (hook, f"registered={hook}"),
        "staff_webhook_secret": "an-hour-is-not-a-day-0123456789-x",
    }
    found = list(others.findings(Settings(**{**PRODUCTION, **changes})))
    assert not of(Level.WRONG, found), found
    assert sum("webhook" in one.text for one in found) == 1 and any("clock" in one.text for one in found)
    assert all(request.method == "HEAD" and request.path == "/" for request, _ in httpserver.log)


def test_a_clock_that_is_wrong() -> None:
    assert others.clock(time.time(), "x").level is Level.OK
    assert others.clock(time.time() - 60, "x").level is Level.WRONG


@pytest.mark.parametrize(
    ("ahead", "words"), [(-7200.0, ["was set by +7200 s"]), (7200.0, ["by -7200 s"]), (0.0, [])]
)
def test_a_clock_that_was_set(ahead: float, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "ours", SimpleNamespace(ahead=lambda: ahead))
    found = [one for one in others.findings(Settings()) if one.level is Level.NOTE]
    assert len(found) == len(words) and all(word in one.text for one, word in zip(found, words, strict=True))


@ONE
def test_a_full_disk_is_not_a_matter_of_rights(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    said = examine(fails=1)
    assert "cannot be kept" in said and "make room on its disk" in said and "ReadWritePaths" not in said
