"""What the looks of the worker, and the count of a code, take with ten times the rows: processor time."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from cabinet.models import Attempt, Message, base, migrations
from cabinet.models.attempt import EVERYBODY
from cabinet.models.base import now
from cabinet.models.code_limits import count_code
from cabinet.models.database import connected, db
from cabinet.models.lateness import late
from cabinet.worker.lanes import lanes
from cabinet.worker.scout import Scout
from config import Settings

WAITING, DUE = (3000, 30_000), 200  # letters; of these, as many as are claimed while it is measured
TURNS = 5
strangers = count()


def seconds_of(work: Callable[[], object], times: int) -> float:
    """Processor seconds of one time, the least of many."""

    def once() -> float:
        begin = time.thread_time()
        work()
        return time.thread_time() - begin

    return min(once() for _ in range(times))


def growth(folder: Path) -> Iterator[tuple[str, float]]:
    """Looks by name, and by what each costs more when ten times as much waits, or was sent today.

    Both are measured in turn, as what else the machine does changes what the same look takes.
    """
    least: dict[str, list[float]] = {}
    for turn in range(TURNS):
        for place, number in enumerate(WAITING):
            for name, step in _looks(f"sqlite:///{folder}/{number}.db", number if turn == 0 else 0):
                both = least.setdefault(name, [math.inf, math.inf])
                both[place] = min(both[place], seconds_of(step, DUE // TURNS))
    for name, (few, many) in least.items():
        yield name, many / few


def _looks(url: str, number: int) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is looked at in a database, which has so many rows more by then."""
    settings = Settings(database_url=url, public_url="http://localhost")
    base.configure(replace(settings, sms_global_hour=100_000, sms_global_day=1_000_000))
    with connected():
        migrations.upgrade()
        fill(number)
        yield "worker's look", Scout(lanes(settings)).look
        yield "claim of a message", lambda: Message.claim_next("mail")
        yield "late messages", late
        yield "counting a code", _count_and_forget


def _count_and_forget() -> None:
    """Of a stranger each time: a page that is full would be split each time that one place is forgotten."""
    place = next(strangers)
    with db.atomic() as whole:
        count_code("sms", f"+7999{place:07}", f"192.0.2.{place % 256}", known=False, device=False)
        whole.rollback()


def fill(number: int) -> None:
    """Letters that are due, others that wait, each longer than those before, and SMS of the last day."""
    moment, numbers = now(), range(number)
    letters = [
        {"channel": "mail", "template": "t", "due_at": moment + timedelta(hours=1, seconds=i)}
        for i in numbers
    ]
    earlier = moment - timedelta(hours=20)
    sent = [{"kind": "sms-all", "subject": EVERYBODY, "at": earlier, "number": i + 1} for i in numbers]
    sent += [{"kind": "sms-phone", "subject": str(i), "at": earlier, "number": None} for i in numbers]
    with db.atomic():
        for _ in numbers[:DUE]:
            Message.enqueue("mail", "t")
        for start in range(0, len(numbers), 500):
            Message.insert_many(letters[start : start + 500]).execute()
            Attempt.insert_many(sent[2 * start : 2 * start + 1000]).execute()
