"""Receivers that are away: one message tries, the others wait together, and a success wakes them all.

Those that wait are not written to: who claims passes them by (`choosing.py`).
"""

from dataclasses import dataclass

from peewee import Expression

from cabinet.models.choosing import HOOK, MAIL, hook_line
from cabinet.models.gateway_health import GatewayHealth
from cabinet.models.message import Message


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
        """Its name there."""
        return MAIL if self.channel == MAIL else hook_line(self.to)

    def rest(self) -> float | None:
        """None when it may be tried now. Else it rests for so many seconds."""
        if GatewayHealth.may_try(self.line):
            return None
        return GatewayHealth.rest(self.line) + 0.1

    def failed(self, reason: str) -> None:
        """It did not answer, or had no time."""
        GatewayHealth.failed(self.line, reason)

    def worked(self) -> None:
        """It took a message. After a rest the others are due at once."""
        GatewayHealth.worked(self.line, self._waiting())

    def _waiting(self) -> Expression:
        mine: Expression = Message.channel == self.channel
        if self.to:
            mine &= Message.to == self.to
        return mine


def of_gateways() -> Expression:
    """The condition for the GatewayHealth of gateways, and no other receivers."""
    found: Expression = (GatewayHealth.gateway != MAIL) & ~GatewayHealth.gateway.startswith(HOOK)
    return found
