"""The host's clock is set by hours: nobody is signed out, nothing waits, no term is longer."""

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import peewee
import psutil
import pytest
import requests
from bs4 import BeautifulSoup

from cabinet.models import Alarm, Attempt, Heartbeat, Message, OneTimeCode, WebSession
from cabinet.models.base import now
from cabinet.models.database import db
from config import Settings
from tests.cast import PASSWORD, PHONE, resident
from tests.faults.host_clock import HostClock
from tests.faults.outbox import enqueue
from tests.faults.processes import Start
from tests.markup import attribute, one
from tests.messages import fresh
from tests.ports import free_port
from tests.servers import Mailbox
from tests.waiting import PATIENCE, until

HOURS = 7200
NEWCOMER, ANOTHER = "+79160000001", "+79160000002"


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, url: str) -> None:
        self.url, self.browser = url, requests.Session()

    def at(self, path: str) -> str:
        """Open an address; where that leads."""
        return self._seen(self.browser.get(self.url + path, timeout=PATIENCE))

    def sends(self, **fields: str) -> str:
        """Send the form of the page; where that leads."""
        token = one(BeautifulSoup(self.page.text, "html.parser"), "main form [name=csrf_token]")
        fields["csrf_token"] = attribute(token, "value")
        return self._seen(self.browser.post(self.page.url, data=fields, timeout=PATIENCE))

    def _seen(self, page: requests.Response) -> str:
        self.page = page
        return urlsplit(page.url).path


class Site:
    """The running cabinet, on a host whose clock can be set."""

    def __init__(self, begin: Callable[[str], "psutil.Popen"], url: str, clock: HostClock) -> None:
        self.begin, self.url, self.clock = begin, url, clock
        self.server, self.worker = begin("serve"), begin("worker")
        until(self._serves)
        until(lambda: Heartbeat.age("worker") is not None)

    def _serves(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=PATIENCE).ok
        except requests.RequestException:
            return False

    def somebody(self, phone: str, path: str = "/") -> Person:
        """Somebody who has typed their phone."""
        person = Person(self.url)
        person.at(path)
        person.sends(phone=phone, consent="y")
        return person

    def children(self) -> list[psutil.Process]:
        """The processes that serve; none while one server replaces another."""
        servers: list[psutil.Process] = psutil.Process(self.server.pid).children()
        return servers[0].children() if len(servers) == 1 else []

    def begins_anew(self) -> None:
        """The worker is another one, and so is the server, since a process died with no word before."""
        os.kill(self.worker.pid, signal.SIGKILL)
        self.worker.wait(PATIENCE)
        self.worker = self.begin("worker")
        dead = self.children()[0].pid
        os.kill(dead, signal.SIGKILL)
        until(lambda: len(left := [one.pid for one in self.children()]) == 2 and dead not in left)


@pytest.fixture
def site(
    database: peewee.Database,
    by_smtp: Settings,
    start: Start,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    port = free_port()
    given = {
        "PORT": str(port),
        "WEB_PROCESSES": "2",
        "BCRYPT_COST": "4",
        "IMPORTS_FOLDER": f"{tmp_path}/imports",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    resident()
    clock = HostClock(tmp_path / "host", monkeypatch)
    return Site(lambda program: start(by_smtp, program), f"http://127.0.0.1:{port}", clock)


def letter(due: timedelta) -> Message:
    """One that goes out so long from now."""
    message = enqueue("mail", "staff/registered", to="staff@example.org")
    with db.atomic():
        Message.update(due_at=now() + due).where(Message.id == message.id).execute()
    return message


def newest_code(phone: str) -> OneTimeCode:
    """The code that was sent last."""
    codes = OneTimeCode.select().where(OneTimeCode.phone == phone).order_by(OneTimeCode.created_at.desc())
    found: OneTimeCode = codes.get()
    return found


def make_older(field: peewee.Field, seconds: int, where: peewee.Expression) -> None:
    """Have time passed since then."""
    model = field.model
    for row in list(model.select().where(where)):
        at: datetime = getattr(row, field.name)
        this_row = model._meta.primary_key == row._pk
        with db.atomic():
            model.update({field: at - timedelta(seconds=seconds)}).where(this_row).execute()


def test_nobody_notices(site: Site, mailbox: Mailbox) -> None:
    anna = site.somebody(PHONE)
    assert anna.sends(password=PASSWORD) == "/home"
    newcomer = site.somebody(NEWCOMER)
    later = letter(timedelta(hours=1))

    site.clock.is_set(HOURS)
    soon = letter(timedelta(seconds=1))
    until(lambda: fresh(soon).sent_at is not None)
    assert anna.at("/home") == "/home", "she is signed in"
    assert site.somebody(NEWCOMER).page.status_code == 429, "the minute between two codes is not over"
    site.begins_anew()
    assert newcomer.sends(code=newest_code(NEWCOMER).digits) == "/register/account", (
        "the code is as good as before"
    )
    assert [anna.at("/home") for _ in range(8)] == ["/home"] * 8, "whichever process answers"
    until(lambda: [alarm.name.partition("/")[0] for alarm in Alarm.standing()] == ["clock"])
    assert fresh(later).sent_at is None, "an hour is an hour"

    site.clock.is_set(-HOURS)
    soon = letter(timedelta(seconds=1))
    until(lambda: fresh(soon).sent_at is not None)
    assert anna.at("/home") == "/home"
    another = site.somebody(ANOTHER)
    code = newest_code(ANOTHER)
    make_older(OneTimeCode.expires_at, 601, OneTimeCode.id == code.id)
    assert another.sends(code=code.digits) == "/code", "it is not good for longer"
    make_older(Attempt.at, 62, Attempt.id > 0)
    assert site.somebody(ANOTHER).page.status_code == 200, "nor does anybody wait longer for the next"
    make_older(WebSession.seen_at, 1860, WebSession.user_id.is_null(False))
    assert anna.at("/home") != "/home", "nor is anybody signed in for longer"
    assert fresh(later).sent_at is None
