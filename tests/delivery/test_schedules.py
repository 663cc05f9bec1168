"""Answers, crashes, callbacks and the clock in any order: what holds whatever happens.

A schedule is made of a seed. Gateways take an SMS or not, say so or not, and report what they like; the
worker dies at any step of its work.
"""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
import time_machine
from peewee import Database

from cabinet.delivery import outcome, sending
from cabinet.delivery.by_phone import ByPhone
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.gateway import Gateway, Outgoing, Report, Sent, SmsReceipt
from cabinet.delivery.ladder import SILENCE, Ladder
from cabinet.delivery.polling import record
from cabinet.models import Attempt, DeliveryTry, GatewayHealth, Message, OneTimeCode, Spending
from cabinet.models.base import now
from cabinet.models.database import db, is_sqlite
from cabinet.models.fate import FINAL, Fault, State
from cabinet.models.spending import prices
from config import Settings

START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
STEPS = 25
ANSWERS = ("taken", "taken", "taken unheard", "unheard", "money", "number", "operator", "down")
PRICE = 220  # kopecks, as gateways say, and as settings do where they name one
PRICED = pytest.mark.settings(sms_prices=("one=2.2", "two=2.2", "three=2.2"))
MOODS = {0: ("down",), 1: ("taken unheard", "taken unheard", "taken")}  # codes expire; nobody says a word
CRASHES = ("crash before", "crash after", "crash before the note")


class CrashError(BaseException):
    """The worker dies."""


@dataclass
class Take:
    """An SMS that a gateway took, and when: whether we heard of it, and the last that it reported."""

    gateway: str
    ref: str
    text: str
    heard: bool
    at: dt.datetime
    said: State | None = None
    fault: Fault | None = None


@dataclass
class World:
    """The gateways' side of a schedule."""

    rng: random.Random
    mood: tuple[str, ...]  # what gateways nearly always do, while nobody asks
    takes: list[Take] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)  # after how many takes the resident asked again
    die_before_note: bool = False

    def next_answer(self) -> str:
        if self.mood and self.rng.random() < 0.95:
            return self.rng.choice(self.mood)
        return self.rng.choice(ANSWERS if self.rng.random() < 0.8 else CRASHES)


class Fake(Gateway):
    """A gateway that does what the schedule says."""

    title = "fake"

    def __init__(self, name: str, world: World, finds_ref: bool) -> None:
        self.name = name  # type: ignore[misc]
        self.world = world
        self.finds_ref = finds_ref  # type: ignore[misc]

    def send(self, sms: Outgoing) -> SmsReceipt:
        answer = self.world.next_answer()
        if answer == "crash before":
            raise CrashError
        if answer == "down":
            raise UnavailableError("down")
        if answer in ("money", "number", "operator"):
            raise RefusedError(answer, Fault(answer))
        if answer == "unheard":
            raise UnavailableError("no answer", certain=False)
        self.world.takes.append(Take(self.name, sms.ref, sms.text, answer == "taken", now()))
        if answer == "crash after":
            raise CrashError
        if answer == "taken unheard":
            raise UnavailableError("cut off", certain=False)
        self.world.die_before_note = answer == "crash before the note"
        return SmsReceipt(self._id(), price=PRICE)

    def poll(self, sent: Sequence[Sent]) -> list[Report]:
        refs = {take.ref for take in self.world.takes if take.gateway == self.name}
        return [
            Report(None, State.ACCEPTED if one.ref in refs else State.REFUSED, ref=one.ref) for one in sent
        ]

    def _id(self) -> str:
        return f"{self.name}-{len(self.world.takes)}"


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Callable[[World], None]:
    """Lets the worker die between a gateway's answer and our note on the message."""
    note = outcome.record

    def watch(world: World) -> None:
        def die_or_note(mark: Callable[[], object]) -> None:
            if world.die_before_note:
                world.die_before_note = False
                raise CrashError
            note(mark)

        monkeypatch.setattr(outcome, "record", die_or_note)

    return watch


def run(seed: int, settings: Settings, watch: Callable[[World], None]) -> None:
    """One schedule from the code to its end, with what must hold afterwards."""
    random.seed(seed)  # the jitter of waits
    world = World(random.Random(seed), MOODS.get(seed % 7, ()))
    watch(world)
    ladder = Ladder(settings, "sms")
    ladder.gateways = [Fake("one", world, seed % 3 == 0), Fake("two", world, False)]
    if seed % 5 == 0:
        ladder.gateways.append(Fake("three", world, False))
    with db.atomic():
        for table in (Attempt, GatewayHealth, DeliveryTry, Message, OneTimeCode, Spending):
            table.delete().execute()
    with time_machine.travel(START, tick=False) as clock:
        code = OneTimeCode.send("registration", "+79161234567", "192.0.2.1", "ru")
        counted = Attempt.select().count()
        for _ in range(STEPS):
            step(world, clock, ladder, code)
        for _ in range(15):  # to the end of its life
            clock.shift(61)
            work(ladder)
        check(world, code, counted)


def step(world: World, clock: time_machine.Traveller, ladder: Ladder, code: OneTimeCode) -> None:
    """Something happens."""
    what = world.rng.choice(("work", "work", "time", "report", "time" if world.mood else "ask"))
    if what == "work":
        work(ladder)
    elif what == "time":
        clock.shift(world.rng.choice((1, 6, 12, 21, 61)))
    elif what == "ask":
        world.asked.add(len(world.takes))
        code.hurry()
    elif world.takes:
        tell(world, world.rng.choice(world.takes))


def work(ladder: Ladder) -> None:
    """The worker's step, which may be its last: another takes over."""
    try:
        sending.send_next("sms", ByPhone(ladder))
    except CrashError:
        db.close()
        db.connect()


def tell(world: World, take: Take) -> None:
    """The gateway reports, perhaps again, perhaps out of order."""
    if take.said in FINAL and world.rng.random() < 0.7:
        return
    state = world.rng.choice((State.ACCEPTED, State.DELIVERED, State.UNDELIVERED, State.UNKNOWN))
    fault = world.rng.choice(tuple(Fault)) if state is State.UNDELIVERED else None
    record(take.gateway, Report(None, state, fault, "code", ref=take.ref))
    mine = DeliveryTry.select().where(DeliveryTry.gateway == take.gateway)
    for row in mine.where(DeliveryTry.provider_id.is_null(False)):
        record(take.gateway, Report(row.provider_id, state, fault, "code"))
    take.said, take.fault = state, fault


def check(world: World, code: OneTimeCode, counted: int) -> None:
    """What holds for every schedule."""
    message = Message.get()
    assert message.due_at is None, "nothing is lost: it is sent or given up"
    assert (message.sent_at is None) != (message.dead_at is None)
    assert all(code.digits in take.text for take in world.takes), "nobody gets different digits"
    check_seconds(world)
    check_roubles(world)
    alive = DeliveryTry.state_is(State.ACCEPTED, State.DELIVERED)
    assert message.sent_at or not DeliveryTry.select().where(alive).exists(), "what was taken is sent"
    left = Attempt.select().count()
    assert left in (0, counted), "given back whole, or not at all"
    if message.sent_at or (message.fault and not Fault(message.fault).ours):
        assert left == counted
    unheard = any(row.may_arrive for row in DeliveryTry.select())
    if message.dead_at and Fault(message.fault or "unknown").ours and not unheard:
        assert left == 0


def check_seconds(world: World) -> None:
    """Nobody gets the same by a second gateway unless the first was silent, or lost it by our fault."""
    undelivered = list(DeliveryTry.select().where(DeliveryTry.state == State.UNDELIVERED.value))
    lost = {one.gateway for one in undelivered if Fault(one.fault or Fault.UNKNOWN).ours}
    for number, (take, following) in enumerate(pairwise(world.takes), 1):
        waited = following.at - take.at >= dt.timedelta(seconds=SILENCE)
        assert take.gateway in lost or not take.heard, "a second only after silence"
        assert take.gateway in lost or waited or number in world.asked, "and silence is waited for"
    gone = {one.gateway for one in undelivered}  # certainly, whosever fault that is
    assert sum(take.gateway not in gone for take in world.takes) <= 2, "once"


def check_roubles(world: World) -> None:
    """Whatever a gateway took is counted as spent, by what it says, or else by the settings."""
    rows = list(DeliveryTry.select())
    spent = {one.gateway: (one.segments, one.price) for one in Spending.select()}
    for name in {row.gateway for row in rows}:
        counted = [row for row in rows if row.gateway == name and row.cost[0]]
        taken = [take for take in world.takes if take.gateway == name]
        told = len(counted) if prices() else sum(take.heard for take in taken)
        assert len(counted) >= len(taken), "each that is paid for is counted"
        assert spent.get(name, (0, 0)) == (sum(row.cost[0] for row in counted), told * PRICE), "every rouble"


@pytest.mark.sample(2)
@pytest.mark.parametrize("block", [pytest.param(0, marks=PRICED), 1])
def test_whatever_happens(
    database: Database, settings: Settings, dying: Callable[[World], None], block: int
) -> None:
    for seed in range(block * 20, block * 20 + 20):
        run(seed, settings, dying)


@pytest.mark.slow
@pytest.mark.parametrize("block", [*(pytest.param(n, marks=PRICED) for n in range(10)), *range(10, 20)])
def test_whatever_happens_ten_thousand_times(
    database: Database, settings: Settings, dying: Callable[[World], None], block: int
) -> None:
    number = 500 if is_sqlite() else 125  # the simulator has more of them on PostgreSQL
    for seed in range(1000 + block * 500, 1000 + block * 500 + number):
        run(seed, settings, dying)
