"""One schedule: who acts when is decided by the seed, and what must hold is looked at all the while."""

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from cabinet.billing.importer import import_billing
from cabinet.billing.undo import finish_unfinished
from cabinet.delivery import fan_out, sending
from cabinet.delivery.alarms import watch
from cabinet.delivery.by_phone import ByPhone
from cabinet.delivery.gateway import SmsReceipt
from cabinet.delivery.ladder import Ladder
from cabinet.models import Message
from cabinet.models.database import db
from config import Settings
from tests.billing.files import row, write
from tests.cast import ADDRESSES, LESNAYA, SADOVAYA
from tests.simulation import checks
from tests.simulation.people import Someone
from tests.simulation.world import CrashError, Fake, World, ruled_by
from tests.visitor import Visitor

START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
STEPS = 90
ENOUGH = 400  # steps in which everything that waits has been delivered


class Schedule:
    """People, two workers and an import in one world."""

    def __init__(self, world: World, settings: Settings, folder: Path) -> None:
        self.world, self.settings = world, settings
        self.file = write(folder / "november.csv", [row(number, "2026-11") for number in ADDRESSES])
        self.people = [
            self._someone(0, "Кукушкина", "+79161234567", LESNAYA, "account"),
            self._someone(1, "Воробьёва", "+79037654321", SADOVAYA, "account"),
            self._someone(2, "Синицына", "+79990001122", LESNAYA, "request"),
        ]
        twin = self._someone(3, "Кукушкина", "+79161234567", LESNAYA, "account")
        twin.seen = self.people[0].seen
        self.hands = [*self.people, twin]  # one person has two browsers
        ladder = Ladder(settings, "sms")
        ladder.gateways = [Fake("one", world), Fake("two", world)]
        self.handlers: dict[str, sending.Handler] = {
            "sms": ByPhone(ladder),
            "staff": lambda message: fan_out.fan_out(message, settings),
            "mail": self._mail,
        }
        self.imported = False
        world.others = self.act

    def _someone(self, n: int, name: str, phone: str, account: str, wants: str) -> Someone:
        visitor = Visitor(self.world.app, htmx=n == 1, ip=f"192.0.2.{n + 1}")
        return Someone(self.world, name, phone, account, visitor, wants, forgetful=n == 1)

    def _mail(self, _message: Message) -> SmsReceipt | None:
        if self.world.happens(0.2):
            raise CrashError
        return None

    def act(self) -> None:
        """Somebody does something."""
        what = self.world.rng.choices(("person", "worker", "time", "import"), (60, 30, 8, 2))[0]
        if what == "person":
            self.world.rng.choice(self.hands).act()
        elif what == "worker":
            self.work()
        elif what == "time":
            self.world.clock.shift(self.world.rng.choice((1, 21, 61, 181)))
        elif not self.imported and not self.world.inside:
            self._import()

    def work(self) -> None:
        """One message of one channel, by a worker that may die over it."""
        channel = self.world.rng.choices(("sms", "staff", "mail"), (4, 1, 1))[0]
        try:
            sending.send_next(channel, self.handlers[channel])
        except CrashError:
            self.world.note(f"the worker of {channel} dies")

    def _import(self) -> None:
        try:
            finish_unfinished()
            import_billing(self.file)
            self.imported = True
        except CrashError:
            self.world.note("the import dies")

    def run(self) -> None:
        """To the end, where nothing fails any more and all that waits is delivered."""
        for _ in range(STEPS):
            self.act()
            checks.nobody_sees_another(self.people)
            checks.the_month_is_whole(len(ADDRESSES))
        self.world.well = True
        for _ in range(ENOUGH):
            if not Message.select().where(Message.waiting()).exists():
                break
            self.world.clock.shift(31)
            for channel, handler in self.handlers.items():
                while sending.send_next(channel, handler):
                    pass
        watch()
        checks.nothing_waits()
        checks.what_was_acknowledged_is_there(self.people)
        checks.each_row_has_its_messages()
        checks.limits_held()
        checks.deliveries_are_right(self.world)


def run(seed: int, app: Flask, settings: Settings, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """One schedule on an empty database that knows the accounts; AssertionError says how to see it again."""
    with time_machine.travel(START, tick=False) as clock:
        world = World(app, seed, clock)
        try:
            with ruled_by(world, patch):
                Schedule(world, settings, folder).run()
        except AssertionError as failure:
            kind = "postgres" if settings.database_url.startswith("postgres") else "sqlite"
            story = "\n".join(world.told[-40:])
            again = f"make simulate SEED={seed} ON={kind}"
            raise AssertionError(f"{failure}\n\nThe seed {seed} replays it: {again}\n\n{story}") from failure
        finally:
            if db.in_transaction():
                db.obj.rollback()
