"""One schedule: who acts when is decided by the seed, and what must hold is looked at all the while."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from cabinet.billing.importer import import_billing
from cabinet.billing.undo import finish_unfinished
from cabinet.delivery import sending
from cabinet.delivery.alarms import watch
from cabinet.models import ImportBatch, Message
from cabinet.models.database import db
from config import Settings
from tests.billing.files import row, write
from tests.cast import ADDRESSES, DACHNAYA, LESNAYA, SADOVAYA, resident
from tests.simulation import checks
from tests.simulation.browser import Browser
from tests.simulation.callers import Caller
from tests.simulation.people import Someone
from tests.simulation.receivers import Hook, MailServer, Receiver, handlers, tell
from tests.simulation.told import Told
from tests.simulation.world import CrashError, World, ruled_by

START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
PAGES = 40  # of so many schedules one is of people on pages, who cost four times as much
STEPS = {True: 90, False: 40}  # by whether they are on pages
ENOUGH = 400  # steps in which everything that waits has been delivered
WHO = (
    ("Кукушкина", "+79161234567", LESNAYA, "account"),
    ("Воробьёва", "+79037654321", SADOVAYA, "account"),
    ("Синицына", "+79990001122", LESNAYA, "request"),
    ("Кукушкина", "+79161234567", LESNAYA, "account"),  # one person has two browsers
)
HOOK = "https://crm.example.org/events"


class Schedule:
    """People, workers of all lanes and an import in one world."""

    def __init__(self, world: World, settings: Settings, folder: Path) -> None:
        self.world = world
        self.file = write(folder / "november.csv", [row(number, "2026-11") for number in ADDRESSES])
        self.on_pages = world.seed % PAGES == 0
        self.hands: Sequence[Someone | Caller] = (people_on_pages if self.on_pages else callers)(world)
        mail, hook = MailServer(world), Hook(world)
        self.receivers: dict[str, Receiver] = {"mail": mail, "webhook": hook}
        own = dataclasses.replace(settings, staff_webhooks=(HOOK,))
        self.handlers = handlers(world, own, mail, hook)
        self.imported = 0
        world.others = self.act

    def act(self) -> None:
        """Somebody does something."""
        acts, weights = ("person", "worker", "time", "report", "import"), (60, 30, 8, 5, 2)
        what = self.world.rng.choices(acts, weights)[0]
        if what == "person":
            self.world.rng.choice(self.hands).act()
        elif what == "worker":
            self.work()
        elif what == "time":
            self.world.clock.shift(self.world.rng.choice((1, 21, 61, 181)))
        elif self.world.inside:
            return
        elif what == "report":
            tell(self.world)
        else:
            self._import()

    def work(self) -> None:
        """One message of one channel, by a worker that may die over it."""
        channel = self.world.rng.choices(("sms", "staff", "mail", "webhook"), (4, 2, 2, 1))[0]
        try:
            sending.send_next(channel, self.handlers[channel])
        except CrashError:
            self.world.note(f"the worker of {channel} dies")

    def _import(self) -> None:
        """The month is imported; later it is taken back, and imported again."""
        try:
            finish_unfinished()
            if self.imported % 2:
                batch = (
                    ImportBatch.select().where(ImportBatch.state == "done").order_by(ImportBatch.id.desc())
                )
                if last := batch.first():
                    self.world.note("the import is taken back")
                    last.order_undo("system")
                    finish_unfinished()
            else:
                self.world.note("the import")
                import_billing(self.file)
            self.imported += 1
        except CrashError:
            self.world.note("the import dies")

    def run(self) -> None:
        """To the end, where nothing fails any more and all that waits is delivered."""
        for _ in range(STEPS[self.on_pages]):
            self.act()
            checks.nobody_sees_another(self.hands)
        self.world.well = True
        finish_unfinished()
        checks.the_month_is_whole(len(ADDRESSES))
        self._deliver()
        watch()
        self._deliver()
        checks.nothing_waits()
        checks.what_was_acknowledged_is_there(self.hands)
        checks.each_row_has_its_messages(self.hands)
        checks.limits_held()
        checks.waits_held()
        checks.deliveries_are_right(self.world)
        checks.what_is_sent_was_taken(self.receivers)

    def _deliver(self) -> None:
        """All that waits."""
        for _ in range(ENOUGH):
            if not Message.select().where(Message.waiting()).exists():
                break
            for channel, handler in self.handlers.items():
                while sending.send_next(channel, handler):
                    pass
            self.world.clock.shift(31)


def people_on_pages(world: World) -> Sequence[Someone]:
    """They use browsers, one of them with scripts."""
    found = [
        Someone(world, *who, Browser(world.app, n == 1, f"192.0.2.{n + 1}"), forgetful=n == 1)
        for n, who in enumerate(WHO)
    ]
    found[-1].told = found[0].told
    return found


def callers(world: World) -> Sequence[Caller]:
    """They use no pages; half of them have a cabinet already."""
    told = {phone: Told(phone) for _name, phone, *_rest in WHO}
    world.well = True
    for name, phone, account, wants in WHO[:3]:
        if world.rng.random() < 0.5:
            number = account if wants == "account" else DACHNAYA
            resident(phone, None, [number], last_name=name, password_hash=told[phone].settle())
            told[phone].seen |= {"cabinet", *(("account",) if wants == "account" else ())}
    world.well = False
    return [Caller(world, *who, f"192.0.2.{n + 1}", told[who[1]]) for n, who in enumerate(WHO)]


def run(seed: int, app: Flask, settings: Settings, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """One schedule on an empty database that knows the accounts; AssertionError says how to see it again."""
    with time_machine.travel(START, tick=False) as clock:
        world = World(app, seed, clock)
        try:
            with ruled_by(world, patch, texts=world.seed % PAGES == 0):
                Schedule(world, settings, folder).run()
        except Exception as failure:
            kind = "postgres" if settings.database_url.startswith("postgres") else "sqlite"
            story = "\n".join(world.told[-40:])
            again = f"make simulate SEED={seed} N=1 ON={kind}"
            raise AssertionError(
                f"{failure or type(failure)}\n\nThe seed {seed} replays it: {again}\n\n{story}"
            ) from failure
        finally:
            if db.in_transaction():
                db.obj.rollback()
