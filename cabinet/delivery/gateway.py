"""The interface of every SMS gateway."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class SmsReceipt:
    """The gateway took the SMS: its own id for it, and the status reported so far."""

    provider_id: str | None = None
    status: str = ""


class SmsGateway(Protocol):
    """Sends SMS through an operator."""

    def send(self, to: str, text: str, ref: str, validity: int | None) -> SmsReceipt:
        """Send `text` to an E.164 number; the operator drops it after `validity` seconds.

        `ref` is the same when the same message is sent again. Raises RefusedError when this SMS can never be
        sent, UnavailableError when it may be later.
        """
