"""SMS, calls and messages by MAX: their texts, and the ladder of gateways that takes them."""

from contextlib import suppress

from peewee import PeeweeException

from cabinet.delivery import message_texts
from cabinet.delivery.errors import OutdatedError, RefusedError
from cabinet.delivery.gateway import Outgoing, SmsReceipt
from cabinet.delivery.ladder import Begun, Ladder
from cabinet.models import MaxLink, Message
from cabinet.models.base import now
from cabinet.models.database import connected
from cabinet.models.fate import Fault
from cabinet.models.spending import SpentError


class ByPhone:
    """Sends SMS, or by MAX, or calls, by a ladder; belongs to one thread."""

    def __init__(self, ladder: Ladder) -> None:
        self.ladder = ladder
        self.begun: tuple[str, Begun] | None = None  # the message's id, and its first try

    def begin(self, message: Message) -> None:
        """Begin the first try of a message in the transaction that claims it: one commit instead of two.

        Whatever is not as usual is left to `__call__`: nothing is begun then.
        """
        self.begun = None
        if message.tries > 1 or (message.expires_at and message.expires_at <= now()):
            return
        try:
            sms = _outgoing(message)
        except PeeweeException:  # PostgreSQL takes nothing more in this transaction
            raise
        except Exception:
            return
        with suppress(SpentError):
            if begun := self.ladder.begin(message, sms):
                self.begun = (message.id, begun)

    def has_begun(self, message: Message) -> bool:
        """Whether this message's first try was begun with its claim."""
        return self.begun is not None and self.begun[0] == message.id

    def __call__(self, message: Message) -> SmsReceipt:
        """Send it; raises as `Ladder.send` does, and OutdatedError for a code that is good no more."""
        if self.begun and self.has_begun(message):
            begun = self.begun[1]
            self.begun = None
            return self.ladder.send(message, begun.sms, begun)
        with connected():
            sms = _outgoing(message)
        return self.ladder.send(message, sms)


def _outgoing(message: Message) -> Outgoing:
    if message_texts.outdated(message):
        raise OutdatedError
    if message.channel == "max":
        return _in_max(message)
    text, digits = message_texts.sms(message), message_texts.digits(message)
    validity = int((message.expires_at - now()).total_seconds()) if message.expires_at else None
    return Outgoing(message.to, text, message.id, validity, digits)


def _in_max(message: Message) -> Outgoing:
    """To whom the message says, or else to the resident who linked it and has the number now."""
    link = None if "max" in message.data else MaxLink.of_phone(message.to)
    if link is None and "max" not in message.data:
        raise RefusedError("MAX is not linked", Fault.NUMBER)
    to = link.max_user if link else message.data["max"]
    button = message_texts.button(message)
    return Outgoing(str(to), message_texts.chat(message), message.id, button=button)
