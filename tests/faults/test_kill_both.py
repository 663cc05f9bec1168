"""Web server and worker are killed again and again while residents register: who saw the cabinet is in it."""

import random
import signal
import subprocess
import threading
from urllib.parse import urlsplit

import peewee
import pytest
import requests
from bs4 import BeautifulSoup

from cabinet.models import Account, AccountLink, Charge, Message, OneTimeCode, User
from cabinet.models.database import db
from config import Settings
from tests.faults.processes import Start, can_be_stopped, kill
from tests.markup import one
from tests.messages import make_due
from tests.ports import free_port
from tests.servers import Mailbox
from tests.waiting import PATIENCE, let_pass, until

PASSWORD = "Тихий-двор-58"
WIDE = ("SMS_PER_IP_HOUR", "SMS_PER_IP_DAY", "SMS_GLOBAL_HOUR", "SMS_GLOBAL_DAY", "LOOKUP_PER_ACCOUNT_DAY")


class Resident(threading.Thread):
    """Registers over HTTP as a patient person would: when there is no answer, looks where things stand."""

    def __init__(self, url: str, phone: str, receipt: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.url, self.phone, self.receipt = url, phone, receipt
        self.seen = False
        self.error: BaseException | None = None
        self.enough = threading.Event()

    def run(self) -> None:
        try:
            while not self.seen and not self.enough.is_set():
                self.browser = requests.Session()
                self.walk()
        except BaseException as error:
            self.error = error

    def walk(self) -> None:
        """Go on until the cabinet is seen; begin anew when the session is lost."""
        page = self.ask("GET", "/")
        for _ in range(200):
            if self.enough.is_set() or page is None:
                return
            path = urlsplit(page.url).path
            if path == "/home":
                self.seen = True
                return
            answer = self.answers().get(path)
            if answer is None:
                return
            token = one(BeautifulSoup(page.text, "html.parser"), "main form [name=csrf_token]")["value"]
            page = self.ask("POST", path, {"csrf_token": str(token), **answer})

    def answers(self) -> dict[str, dict[str, str]]:
        """What the resident types on each page."""
        return {
            "/": {"phone": self.phone, "consent": "y"},
            "/code": {"code": self.code()},
            "/register/account": self.receipt,
            "/register/address": {"answer": "yes"},
            "/register/profile": {
                "last_name": "Петрова",
                "first_name": "Анна",
                "birth_date": "1.2.1960",
                "email": "anna@example.org",
            },
            "/register/password": {"password": PASSWORD},
            "/login/password": {"password": PASSWORD},
        }

    def code(self) -> str:
        with db.connection_context():
            newest = (
                OneTimeCode.select()
                .where(OneTimeCode.phone == self.phone)
                .order_by(OneTimeCode.created_at.desc())
                .first()
            )
        return newest.digits if newest else ""

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> requests.Response | None:
        """One request; without an answer, the page of the step in turn."""
        while not self.enough.is_set():
            try:
                answer = self.browser.request(method, self.url + path, data=data, timeout=PATIENCE)
            except requests.RequestException:
                method, path, data = "GET", "/register/", None
                self.enough.wait(0.02)
                continue
            assert answer.status_code < 500 or answer.status_code == 503, answer.status_code
            return answer
        return None


@pytest.mark.parametrize("rounds", [2, pytest.param(12, marks=pytest.mark.slow)])
def test_killed_servers_lose_nobody(
    database: peewee.Database,
    by_smtp: Settings,
    mailbox: Mailbox,
    start: Start,
    rounds: int,
    monkeypatch: pytest.MonkeyPatch,
    receipt: dict[str, str],
) -> None:
    port = free_port()
    for name, value in {"PORT": str(port), "WEB_PROCESSES": "1", "BCRYPT_COST": "10"}.items():
        monkeypatch.setenv(name, value)
    for name in WIDE:
        monkeypatch.setenv(name, "100000")
    assert Account.select().exists() and Charge.select().exists()
    dice = random.Random(rounds)
    residents: list[Resident] = []

    def arrive() -> None:
        phone = f"+7916{len(residents):07d}"
        residents.append(Resident(f"http://127.0.0.1:{port}", phone, receipt))
        residents[-1].start()

    processes = {name: start(by_smtp, name) for name in ("serve", "worker")}
    for _ in range(4):
        arrive()
    for _ in range(rounds):
        done = sum(r.seen for r in residents)
        until(lambda: sum(r.seen for r in residents) > done or not any(r.is_alive() for r in residents))  # noqa: B023
        arrive()
        let_pass(dice.uniform(0, 0.4))
        name = dice.choice(["serve", "serve", "worker"])
        kill(processes[name])
        processes[name] = start(by_smtp, name)
        make_due()
    until(lambda: not any(r.is_alive() for r in residents))
    assert [r.error for r in residents if r.error] == []
    _everything_is_sent(processes["worker"])
    assert len(residents) > rounds
    _nobody_is_lost(residents, mailbox)


def _everything_is_sent(worker: "subprocess.Popen[bytes]") -> None:
    """And the worker stops as it is told."""
    make_due()
    until(lambda: not Message.select().where(Message.due_at.is_null(False)).exists())
    until(lambda: can_be_stopped(worker))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0


def _nobody_is_lost(residents: list[Resident], mailbox: Mailbox) -> None:
    """All saw the cabinet and are in it, each is one event, and every letter arrived."""
    saw = {r.phone for r in residents if r.seen}
    assert len(saw) == len(residents)
    users = {u.phone: u for u in User.select()}
    assert saw <= set(users), "who saw the cabinet is in it"
    assert AccountLink.select().count() == len(users)
    told = [m.data["phone"] for m in Message.select().where(Message.template == "registered")]
    assert sorted(told) == sorted(users), "each resident is one event"
    letters = Message.select().where(Message.channel == "mail", Message.template == "staff/registered")
    ids = {str(letter["Message-ID"]) for letter in mailbox.letters}
    assert {f"<{m.id}@localhost>" for m in letters} <= ids, "every letter arrived"
    assert len(letters) == len(users)
