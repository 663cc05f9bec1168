"""Web server and worker are killed again and again while residents register: who saw the cabinet is in it."""

import random
import signal
import subprocess
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import peewee
import pytest
import requests
from bs4 import BeautifulSoup

from cabinet.models import Account, AccountLink, Charge, Message, OneTimeCode, User
from cabinet.models.database import db
from config import Settings
from tests.faults.outbox import wait_for_all
from tests.faults.processes import Start, can_be_stopped, kill
from tests.faults.standing import standing
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
        self.at = "nowhere yet"
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
        """One request; without an answer, or where the server is too busy, the page of the step in turn."""
        while not self.enough.is_set():
            try:
                answer = self.browser.request(method, self.url + path, data=data, timeout=PATIENCE)
                self.at = f"{method} {path}: {answer.status_code} at {urlsplit(answer.url).path}"
                if answer.status_code != 503:
                    assert answer.status_code < 500, answer.status_code
                    return answer
            except requests.RequestException as error:
                self.at = f"{method} {path}: {type(error).__name__}"
            method, path, data = "GET", "/register/", None
            self.enough.wait(0.02)
        return None


class Town:
    """The processes, and the residents who arrive."""

    def __init__(
        self, start: Callable[[str], "subprocess.Popen[bytes]"], url: str, receipt: dict[str, str]
    ) -> None:
        self.start, self.url, self.receipt = start, url, receipt
        self.residents: list[Resident] = []
        self.processes = {name: start(name) for name in ("serve", "worker")}

    def arrive(self) -> None:
        """One more resident begins."""
        self.residents.append(Resident(self.url, f"+7916{len(self.residents):07d}", self.receipt))
        self.residents[-1].start()

    def replace(self, name: str) -> None:
        """Kill a process and start another; what was in its hands is due at once."""
        kill(self.processes[name])
        self.processes[name] = self.start(name)
        make_due()

    @property
    def done(self) -> int:
        """How many are in their cabinets."""
        return sum(r.seen for r in self.residents)

    @property
    def busy(self) -> bool:
        """Whether somebody is on the way."""
        return any(r.is_alive() for r in self.residents)

    def somebody_is_done(self) -> None:
        """Wait until one more is in their cabinet, or nobody is on the way."""
        done = self.done
        self.until(lambda: self.done > done or not self.busy)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for it while the processes go on."""

        def holds() -> bool:
            assert all(process.poll() is None for process in self.processes.values()), self.standing()
            return condition()

        until(holds, self.standing)

    def standing(self) -> str:
        """Where residents are who do not see their cabinets, and how things stand."""
        where = [f"{n}: {r.at} {r.error!r}" for n, r in enumerate(self.residents) if not r.seen]
        return "\n".join((f"of {len(self.residents)} residents", *where, standing(self.processes)))


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
    town = Town(lambda name: start(by_smtp, name), f"http://127.0.0.1:{port}", receipt)
    for _ in range(4):
        town.arrive()
    for _ in range(rounds):
        town.somebody_is_done()
        town.arrive()
        let_pass(dice.uniform(0, 0.4))
        town.replace(dice.choice(["serve", "serve", "worker"]))
    while town.busy:
        town.somebody_is_done()
    assert [r.error for r in town.residents if r.error] == []
    _everything_is_sent(town)
    assert len(town.residents) > rounds
    _nobody_is_lost(town.residents, mailbox)


def _everything_is_sent(town: Town) -> None:
    """And the worker stops as it is told."""
    make_due()
    wait_for_all(town.standing)
    worker = town.processes["worker"]
    town.until(lambda: can_be_stopped(worker))
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
