"""kill -9 again and again, anywhere: nothing that was written is lost, duplicates carry one id."""

import random
import signal
import threading
from collections import Counter

import peewee
import pytest

from cabinet.models import Message
from cabinet.models.database import db
from cabinet.worker.lanes import lanes
from config import Settings
from tests.faults.outbox import wait_for_all
from tests.faults.processes import Start, can_be_stopped, kill
from tests.faults.standing import standing
from tests.messages import REGISTERED, make_due
from tests.servers import Mailbox
from tests.waiting import PATIENCE, let_pass, until

MOST = 50  # letters that wait: more only make the end longer, where rounds take long


class Enqueuer(threading.Thread):
    """Writes events for the staff all the while, as residents who register do."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(daemon=True)
        self.mailbox = mailbox
        self.events: list[str] = []
        self.error: BaseException | None = None
        self.enough = threading.Event()

    def run(self) -> None:
        try:
            while not self.enough.wait(0.1):
                if len(self.events) - self.mailbox.begun > MOST:
                    continue
                with db.connection_context(), db.atomic():
                    event = Message.enqueue("staff", "registered", data=REGISTERED)
                self.events.append(event.id)
        except BaseException as error:
            self.error = error

    def stop(self) -> list[str]:
        """The ids of the events that were committed."""
        self.enough.set()
        self.join()
        assert self.error is None, f"could not write: {type(self.error).__name__}"
        return self.events


@pytest.mark.parametrize("rounds", [3, pytest.param(30, marks=pytest.mark.slow)])
def test_killed_workers_lose_nothing(
    database: peewee.Database, by_smtp: Settings, mailbox: Mailbox, start: Start, rounds: int
) -> None:
    dice = random.Random(rounds)
    mailbox.delay = 0.01
    residents = Enqueuer(mailbox)
    residents.start()
    for _ in range(rounds):
        worker = start(by_smtp, "worker")
        before = mailbox.begun
        until(lambda: mailbox.begun > before, lambda: standing({"worker": worker}))  # noqa: B023
        let_pass(dice.uniform(0, 0.3))
        kill(worker)
        make_due()  # the leases of the dead run out
    events = residents.stop()
    worker = start(by_smtp, "worker")
    wait_for_all(lambda: standing({"worker": worker}))
    until(lambda: can_be_stopped(worker))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0

    assert len(events) > rounds
    assert Message.select().where(Message.dead_at.is_null(False)).count() == 0
    assert Message.select().where(Message.id.in_(events), Message.sent_at.is_null(False)).count() == len(
        events
    )
    letters = {m.id: m.parent for m in Message.select().where(Message.channel == "mail")}
    assert sorted(map(str, letters.values())) == sorted(events), "each event has one letter"
    arrived = Counter(str(letter["Message-ID"]) for letter in mailbox.letters)
    assert set(arrived) == {f"<{id}@localhost>" for id in letters}, "every letter arrived"
    duplicates = sum(arrived.values()) - len(arrived)
    at_once = sum(lane.threads for lane in lanes(by_smtp) if lane.channel == "mail")
    assert duplicates <= rounds * at_once, "only what was in hand at a kill comes twice"


def test_asked_to_stop_the_worker_finishes_the_letter_in_hand(
    database: peewee.Database, by_smtp: Settings, mailbox: Mailbox, start: Start
) -> None:
    mailbox.delay = 1.0
    with db.atomic():
        message = Message.enqueue("mail", "staff/registered", to="staff@example.org", data=REGISTERED)
    worker = start(by_smtp, "flask", "--app", "wsgi", "worker")
    until(lambda: mailbox.begun == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert Message.get_by_id(message.id).sent_at
    assert len(mailbox.letters) == 1
