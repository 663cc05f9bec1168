"""What a seed decides: the clock, where processes die, what gateways answer, who acts meanwhile."""

import dataclasses
import random
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from flask import Flask

from cabinet.delivery import message_texts
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.gateway import Gateway, Outgoing, SmsReceipt
from cabinet.models import DeliveryTry, base
from cabinet.models.database import db
from cabinet.models.fate import Fault

ANSWERS = ("taken",) * 12 + (
    "taken late",
    "taken unheard",
    "unheard",
    "money",
    "down",
    "crash",
    "crash after",
)
DIGITS = re.compile(r"\b(\d{6})\b")
PRICE = 220  # kopecks


class CrashError(BaseException):
    """The process dies, or its answer is lost on the way."""


@dataclass
class Take:
    """An SMS that a gateway took, whether we have heard so, and who we knew then would bring it already."""

    gateway: str
    ref: str
    to: str
    text: str
    after: tuple[str, ...]
    heard: bool = False


@dataclass
class World:
    """Everything outside of Cabinet's code."""

    app: Flask
    seed: int
    clock: time_machine.Traveller
    well: bool = False  # from now on nothing fails
    inside: bool = False  # somebody acts while another is in the middle of something
    takes: list[Take] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # what happened, for whoever replays it
    others: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    @property
    def tight(self) -> dict[str, Any]:
        """Limits that are lower than usual, in a third of all worlds."""
        return TIGHT.get(self.seed % 6, {})

    @property
    def careless(self) -> float:
        """How often people type what is wrong: most of the time where limits are to be reached."""
        return 0.6 if self.tight else 0.2

    def happens(self, chance: float) -> bool:
        """Whether something goes wrong now."""
        return not self.well and self.rng.random() < chance

    def note(self, what: str) -> None:
        """Remember what happened."""
        self.told.append(what)

    def digits_for(self, phone: str) -> list[str]:
        """The digits of all codes that have come to a phone, the newest last."""
        found = (DIGITS.search(take.text) for take in self.takes if take.to == phone)
        return [one[1] for one in found if one]

    def meanwhile(self) -> None:
        """Let somebody else act now, in the middle of what is under way: another process."""
        if not self.inside and self.happens(0.08) and not db.in_transaction():
            self.inside = True
            try:
                with self.app.app_context():
                    self.others()
            finally:
                self.inside = False

    def at_commit(self, commit: Callable[[], None]) -> None:
        """A commit: the process may die before it, or after it, or lose the processor to another."""
        if self.happens(0.015):
            self.note("dies before a commit")
            db.obj.rollback()
            raise CrashError
        commit()
        if self.happens(0.015):
            self.note("dies after a commit")
            raise CrashError
        self.meanwhile()


class Fake(Gateway):
    """A gateway that takes an SMS or not, says so or not, and may be slow."""

    title = "fake"
    can_call = False

    def __init__(self, name: str, world: World) -> None:
        self.name = name  # type: ignore[misc]
        self.world = world

    def send(self, sms: Outgoing) -> SmsReceipt:
        """As the seed decides."""
        world = self.world
        answer = "taken" if world.well else world.rng.choice(ANSWERS)
        world.note(f"{self.name}: {answer}")
        if answer == "crash":
            raise CrashError
        if answer == "down":
            raise UnavailableError("down")
        if answer == "money":
            raise RefusedError("money", Fault.MONEY)
        if answer == "unheard":
            raise UnavailableError("no answer", certain=False)
        if answer == "taken late":
            world.clock.shift(world.rng.choice((15, 70)))  # longer than a lease
        after = _known_to_bring(sms.ref, [take for take in world.takes if take.ref == sms.ref and take.heard])
        world.takes.append(take := Take(self.name, sms.ref, sms.to, sms.text, after))
        world.meanwhile()
        if answer == "crash after":
            raise CrashError
        if answer == "taken unheard":
            raise UnavailableError("cut off", certain=False)
        take.heard = True  # not before: a gateway that is slower than a lease is silent to another worker
        return SmsReceipt(f"{self.name}-{len(world.takes)}", price=PRICE)


def _known_to_bring(ref: str, takes: list[Take]) -> tuple[str, ...]:
    """The gateways of these takes that were not silent to us, nor lost it by our own fault."""
    rows = DeliveryTry.select().where(DeliveryTry.message == ref) if takes else []
    open_to = {row.gateway for row in rows if row.may_arrive or (row.fault and Fault(row.fault).ours)}
    return tuple(take.gateway for take in takes if take.gateway not in open_to)


# of each kind so few that a schedule reaches them; what would hide another is in a world of its own
_FEW: dict[str, Any] = {
    "code_resend_waits": (),
    "code_tries": 3,
    "code_wrong_per_phone_day": 3,
    "lookup_per_user_hour": 2,
    "lookup_per_account_day": 3,
    "login_failures": 2,
}
TIGHT: dict[int, dict[str, Any]] = {  # by the remainder of the seed by six
    2: {**_FEW, "sms_per_phone_day": 1, "sms_per_phone_day_reserved": 0, "request_per_phone_day": 1},
    5: {**_FEW, "sms_per_ip_hour": 2, "sms_global_hour": 3, "request_per_ip_hour": 1, "login_ip_minute": 1},
}


@contextmanager
def ruled_by(world: World, monkeypatch: pytest.MonkeyPatch, texts: bool) -> Iterator[None]:
    """Let the world decide at each commit, and let all that is random come from its seed.

    Without `texts` letters have none: to make them costs more than to send them.
    """
    chance = random.Random(world.seed + 1)
    with monkeypatch.context() as patch:
        commit: Callable[[], None] = db.obj.commit
        patch.setattr(base, "_settings", dataclasses.replace(base.settings(), **world.tight))
        patch.setattr(db.obj, "commit", lambda: world.at_commit(commit))
        patch.setattr(secrets, "token_urlsafe", lambda size=16: _text(chance, size))
        patch.setattr(secrets, "token_hex", lambda size=16: chance.randbytes(size).hex())
        patch.setattr(secrets, "token_bytes", lambda size=16: chance.randbytes(size))
        patch.setattr(secrets, "randbelow", lambda most: chance.randrange(most))
        if not texts:
            patch.setattr(message_texts, "mail", lambda message: None)
        random.seed(world.seed)
        yield


def _text(chance: random.Random, size: int) -> str:
    """As `chance.choice` would have each letter, in a fifth of the time."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    made: list[str] = []
    while len(made) < (size * 8 + 5) // 6:
        place = chance.getrandbits(7)
        if place < len(letters):
            made.append(letters[place])
    return "".join(made)
