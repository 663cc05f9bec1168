"""What the code page says of the SMS or the call that carries a code."""

from cabinet.models import Message, OneTimeCode
from cabinet.models.fate import Fault, State

# also the words of Twilio, which messages sent before had
DELIVERED = (State.DELIVERED, "read")
LOST = (State.UNDELIVERED, "failed")
UNHEARD = ("expired", "no answer")  # how `sending` gives up without a gateway's word


def delivery_of(code: OneTimeCode) -> str:
    """ "waiting", "delivered", "unsure", or who is to blame: "number", "operator", "company"."""
    message = Message.get_or_none(Message.id == code.message)
    if message is None:
        return "waiting"
    if message.status in LOST or message.dead_at:
        fault = Fault(message.fault or Fault.UNKNOWN)
        if fault.ours:
            return "company"
        if message.error.startswith(UNHEARD) and fault is Fault.UNKNOWN:
            return "unsure"
        return "operator" if fault is Fault.OPERATOR else "number"
    if message.status in DELIVERED:
        return "delivered"
    return "unsure" if message.status == State.UNKNOWN else "waiting"


def called(code: OneTimeCode) -> bool:
    """Whether the code was spoken last, rather than written."""
    return bool(Message.select().where(Message.id == code.message, Message.channel == "call").exists())
