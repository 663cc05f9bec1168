"""Receivers that are away: one message tries, the others wait together, and a success wakes them all."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta

from peewee import Expression

from cabinet.models.base import now
from cabinet.models.gateway_health import GatewayHealth
from cabinet.models.message import MOST_PATIENCE, Message
from cabinet.models.unit import unit

MAIL, HOOK = "mail", "hook/"


@dataclass(frozen=True)
class Receiver:
    """The mail server, for channel "mail", or the webhook `to`. `line` is its name in GatewayHealth."""

    channel: str
    to: str = ""

    @classmethod
    def of(cls, message: Message) -> "Receiver":
        """Who takes this message."""
        return cls(message.channel, message.to if message.channel == "webhook" else "")

    @property
    def line(self) -> str:
        """An address may hold a secret and be long: its digest will do."""
        if self.channel == MAIL:
            return MAIL
        return HOOK + urlsafe_b64encode(hashlib.sha256(self.to.encode()).digest())[:11].decode()

    def rest(self) -> float | None:
        """None when it may be tried now. Else it rests for so many seconds; all its messages wait.

        Those that have waited for MOST_PATIENCE stay due: they are over after a last try of their own.
        """
        if GatewayHealth.may_try(self.line):
            return None
        seconds = GatewayHealth.rest(self.line) + 0.1
        unit(lambda: self._put_off(seconds))
        return seconds

    def failed(self, reason: str) -> None:
        """It did not answer, or had no time."""
        GatewayHealth.failed(self.line, reason)

    def worked(self) -> None:
        """It took a message. After a rest the others are due at once."""
        GatewayHealth.worked(self.line, self._waiting())

    def _waiting(self) -> Expression:
        mine: Expression = (Message.channel == self.channel) & Message.waiting() & Message.claim.is_null()
        if self.to:
            mine &= Message.to == self.to
        return mine

    def _put_off(self, seconds: float) -> None:
        moment = now()
        due = self._waiting() & (Message.due_at <= moment)
        first = Message.tried_since.is_null()
        Message.update(tried_since=moment).where(due, first).execute()
        patient = Message.tried_since >= moment - MOST_PATIENCE
        Message.update(due_at=moment + timedelta(seconds=seconds)).where(due, patient).execute()


def of_gateways() -> Expression:
    """The condition for the GatewayHealth of gateways, and no other receivers."""
    found: Expression = (GatewayHealth.gateway != MAIL) & ~GatewayHealth.gateway.startswith(HOOK)
    return found
