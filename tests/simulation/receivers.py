"""Those to whom messages go besides gateways: mailboxes and a webhook, slow, lying and away."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

from cabinet.delivery import fan_out, sending
from cabinet.delivery.by_phone import ByPhone
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.gateway import Report
from cabinet.delivery.ladder import Ladder
from cabinet.delivery.mail import Envelope, Mailer
from cabinet.delivery.polling import record
from cabinet.delivery.webhook import Webhook
from cabinet.models.fate import Fault, State
from config import Settings
from tests.simulation.world import CrashError, Fake, World

ANSWERS = ("taken",) * 8 + ("slow", "taken unheard", "unheard", "down", "crash", "crash after", "refused")


@dataclass
class Receiver:
    """A mail server, or the system behind a webhook: what it took, by the message's id."""

    world: World
    took: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def take(self, key: str, what: str) -> None:
        """Take it or not, and say so or not, as the seed decides."""
        world = self.world
        answer = "taken" if world.well else world.rng.choice(ANSWERS)
        world.note(f"{what}: {answer}")
        if answer == "crash":
            raise CrashError
        if answer == "refused":
            raise RefusedError("no such mailbox", by_receiver=True)
        if answer in ("down", "unheard"):
            raise UnavailableError(answer, certain=answer == "down")
        if answer == "slow":
            world.clock.shift(world.rng.choice((15, 70)))  # longer than a lease
        self.took[key].append(what)
        world.meanwhile()
        if answer == "crash after":
            raise CrashError
        if answer == "taken unheard":
            raise UnavailableError("cut off", certain=False)


class MailServer(Receiver):
    """Takes letters."""

    def send(self, envelope: Envelope, _email: Any) -> None:
        """As a mailer does."""
        self.take(envelope.ref, f"a letter to {envelope.to}")


class Hook(Receiver):
    """Takes events: the same id for all that one event becomes."""

    def send(self, _url: str, event: str, kind: str, *_rest: Any) -> None:
        """As a webhook does."""
        self.take(event, f"the event {kind}")


def tell(world: World) -> None:
    """A gateway reports what became of an SMS: early, late, again, or of one that is nobody's."""
    if not world.takes:
        return
    rng, take = world.rng, world.rng.choice(world.takes)
    state = rng.choice((State.ACCEPTED, State.DELIVERED, State.DELIVERED, State.UNDELIVERED, State.UNKNOWN))
    fault = rng.choice(tuple(Fault)) if state is State.UNDELIVERED else None
    forged = rng.random() < 0.1
    world.note(f"{take.gateway} reports {state}{' of nobody' if forged else ''}")
    with suppress(CrashError):
        record(take.gateway, Report(None, state, fault, "code", ref="nobody" if forged else take.ref))


def handlers(world: World, settings: Settings, mail: MailServer, hook: Hook) -> dict[str, sending.Handler]:
    """What the worker's lanes do, with receivers of the simulator."""
    ladder = Ladder(settings, "sms")
    ladder.gateways = [Fake("one", world), Fake("two", world)]
    return {
        "sms": ByPhone(ladder),
        "staff": lambda message: fan_out.fan_out(message, settings),
        "mail": lambda message: sending._send_mail(message, cast(Mailer, mail)),
        "webhook": lambda message: sending._send_webhook(message, cast(Webhook, hook)),
    }
