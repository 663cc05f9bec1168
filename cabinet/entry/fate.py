"""What the code page says of the SMS or the call that carries a code."""

from cabinet.models import Message, OneTimeCode
from cabinet.models.fate import Fault, State
from cabinet.models.prepared import Prepared

# also the words of Twilio, which messages sent before had
DELIVERED = (State.DELIVERED, "read")
LOST = (State.UNDELIVERED, "failed")
UNHEARD = ("expired", "no answer")  # how `sending` gives up without a gateway's word


def fate_of(code: OneTimeCode) -> tuple[str, str]:
    """What became of it, and the way that it took last: "sms", "call", "max" or "mail".

    "waiting", "delivered", "unsure", or who is to blame: "number", "operator", "company",
    or "lost" where nobody said why.
    """
    message = code.just_sent[0] if code.just_sent else _message.first(code.message)
    return (_fate(message), message.channel) if message else ("waiting", "sms")


def _fate(message: Message) -> str:
    if message.status in LOST or message.dead_at:
        fault = Fault(message.fault or Fault.UNKNOWN)
        if fault.ours:
            return "company"
        if fault is Fault.UNKNOWN:
            return "unsure" if message.error.startswith(UNHEARD) else "lost"
        return "operator" if fault is Fault.OPERATOR else "number"
    if message.status in DELIVERED or (message.channel == "mail" and message.sent_at):
        return "delivered"
    return "unsure" if message.status == State.UNKNOWN else "waiting"


_message: Prepared[Message] = Prepared(lambda key: Message.select().where(Message.id == key))
