"""What may become of an SMS or a call, and whose fault it is when it does not arrive."""

from enum import StrEnum


class State(StrEnum):
    """How far a try is. BEGUN and SILENT ones may have been taken; the last three are final."""

    BEGUN = "begun"  # handed over right now, or cut short by the death of a worker
    SILENT = "silent"  # no answer, or one that makes no sense
    UNAVAILABLE = "unavailable"  # certainly not taken, for now
    REFUSED = "refused"  # certainly not taken
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    UNKNOWN = "unknown"  # the gateway will say no more


FINAL = (State.DELIVERED, State.UNDELIVERED, State.UNKNOWN)


class Fault(StrEnum):
    """Whose fault it is; the last four are the company's and cost residents nothing."""

    NUMBER = "number"  # no such number, or not a mobile one
    OPERATOR = "operator"  # the operator or the subscriber blocks it, the phone is off
    UNKNOWN = "unknown"
    SENDER = "sender"  # our sender's name, our words, our settings
    MONEY = "money"
    ACCOUNT = "account"
    BUDGET = "budget"  # what the company set aside for SMS is used up

    @property
    def ours(self) -> bool:
        """Whether the company has to mend it."""
        return self in (Fault.SENDER, Fault.MONEY, Fault.ACCOUNT, Fault.BUDGET)
