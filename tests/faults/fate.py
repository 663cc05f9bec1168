"""Where a worker is to die: who holds the database, and a mail server that tells what it hears."""

import fcntl
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.smtp import SMTP, Envelope, Session

from cabinet.models import Message
from tests.faults.processes import kill
from tests.messages import fresh
from tests.servers import Mailbox
from tests.waiting import until

BEFORE = ("claiming", "greeted", "sender", "receiver")  # nothing was accepted yet
AFTER = ("accepted", "answered")  # accepted, but not marked
SMTP_STEPS = (*BEFORE, "letter", *AFTER, "marked")
QUICK = ("accepted", "marked")  # of which a run takes one or both; the others are for slow ones
HTTP_STEPS = ("claiming", *AFTER, "marked")
TABLES = ("message", "delivery_try")  # where a worker writes what it was answered


class Hold:
    """Lets nobody write: whoever tries waits, and `waited_for` says so."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lock: Any = None

    def take(self) -> None:
        """From now on."""
        if self.url.startswith("sqlite"):
            self.lock = open(self.url.removeprefix("sqlite:///") + ".lock", "ab")  # noqa: SIM115
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        else:
            self.lock = psycopg.connect(self.url)
            self.lock.execute(f"LOCK TABLE {', '.join(TABLES)} IN EXCLUSIVE MODE")

    def waited_for(self, process: "subprocess.Popen[bytes]") -> bool:
        """Whether the process stands before a write."""
        if self.lock is None:
            return False
        if self.url.startswith("sqlite"):
            waiting = [line.split() for line in Path("/proc/locks").read_text().splitlines() if "->" in line]
            return any(str(process.pid) in line for line in waiting)
        found = self.lock.execute(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND relation::regclass::text = ANY(%s)", [list(TABLES)]
        ).fetchone()
        return found is not None

    def release(self) -> None:
        """Let them write again."""
        if self.lock is not None:
            self.lock.close()
            self.lock = None


class Fate:
    """Where the worker is to die; the other side says where it is."""

    def __init__(self, url: str) -> None:
        self.step = ""
        self.worker: subprocess.Popen[bytes] | None = None
        self.hold = Hold(url)
        self.struck = threading.Event()

    def at(self, step: str) -> bool:
        """The other side is at a step: the worker dies there if that is its fate; tells whether it did."""
        if step != self.step or self.struck.is_set():
            return False
        if step == "answered":
            self.hold.take()  # it may hear the answer, and not mark it
            return False
        assert self.worker is not None
        kill(self.worker)
        self.struck.set()
        return True

    def strike(self, begin: Callable[[], "subprocess.Popen[bytes]"], message: Message) -> None:
        """Start a worker and let it die at its step."""
        self.struck.clear()
        if self.step == "claiming":
            self.hold.take()
        self.worker = worker = begin()
        if self.step in ("claiming", "answered"):
            until(lambda: self.hold.waited_for(worker))
            kill(worker)
            self.hold.release()
        elif self.step == "marked":
            until(lambda: fresh(message).sent_at is not None)
            kill(self.worker)
        else:
            until(self.struck.is_set)
        self.step = ""


class Fatal(Mailbox):
    """A mail server that tells fate what it hears."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self.fate = fate

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.fate.at("greeted")
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.fate.at("sender")
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.fate.at("receiver")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.fate.at("letter"):
            return "451 heard to its end, and not kept"
        answer = await super().handle_DATA(server, session, envelope)
        self.fate.at("accepted")
        self.fate.at("answered")
        return answer
