"""What gateways report after they took a message, and what follows for the message."""

from typing import Any

from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.delivery_try import DeliveryTry
from cabinet.models.fate import FINAL, Fault, State
from cabinet.models.message import Message

# what each word may follow; what was delivered or lost stays so
EARLIER = {
    State.REFUSED: (State.SILENT,),
    State.ACCEPTED: (State.BEGUN, State.SILENT),
    State.DELIVERED: (State.BEGUN, State.SILENT, State.ACCEPTED, State.UNKNOWN),
    State.UNDELIVERED: (State.BEGUN, State.SILENT, State.ACCEPTED, State.UNKNOWN),
    State.UNKNOWN: (State.BEGUN, State.SILENT, State.ACCEPTED),
}


def report(
    gateway: str,
    state: State,
    provider_id: str | None = None,
    ref: str | None = None,
    fault: Fault | None = None,
    reason: str = "",
    price: int | None = None,
    segments: int | None = None,
) -> bool:
    """Record a gateway's word about the message that it calls `provider_id` or we call `ref`.

    Late, repeated and reordered words change nothing. Returns whether the message is one of ours.
    """
    with db.atomic():
        found = _found(gateway, provider_id, ref)
        if found is None:
            return False
        known: dict[str, Any] = {"price": price, "segments": segments, "provider_id": provider_id}
        changes = {name: one for name, one in known.items() if one is not None}
        changes |= {"state": state.value, "fault": fault.value if fault else "", "reason": reason[:100]}
        if state in FINAL:
            changes |= {"ended_at": now(), "poll_at": None}
        if DeliveryTry.change(found.id, DeliveryTry.state_is(*EARLIER[state]), **changes):
            settle(Message.get_or_none(Message.id == found.message))
    return True


def _found(gateway: str, provider_id: str | None, ref: str | None) -> DeliveryTry | None:
    """The try that is meant: by the gateway's id, or else the latest by ours that has no other id."""
    theirs = DeliveryTry.gateway == gateway
    if provider_id:
        known = DeliveryTry.select().where(theirs, DeliveryTry.provider_id == provider_id)
        found: DeliveryTry | None = known.order_by(DeliveryTry.at.desc()).first()
        if found is not None:
            return found
    if not ref:
        return None
    ours = DeliveryTry.select().where(
        theirs,
        DeliveryTry.message == ref,
        DeliveryTry.provider_id.is_null(),
        DeliveryTry.state_is(State.BEGUN, State.SILENT),
    )
    latest: DeliveryTry | None = ours.order_by(DeliveryTry.at.desc()).first()
    return latest


def settle(message: Message | None) -> None:
    """Make the message say what its tries say; inside the caller's transaction.

    Where one may still arrive nothing is given up. One that the gateway dropped by the company's fault is due
    again, for the next gateway.
    """
    if message is None:
        return
    tries = DeliveryTry.of(message)
    states = {one.state for one in tries}
    for good in (State.DELIVERED, State.ACCEPTED):
        if good in states:
            _change(message, **_sent(message, good))
            return
    if any(one.may_arrive for one in tries):
        return
    if State.UNKNOWN in states:
        _change(message, **_sent(message, State.UNKNOWN))
        return
    lost = [one for one in tries if one.state == State.UNDELIVERED]
    if lost:
        _give_up(message, lost[-1])


def _sent(message: Message, state: State) -> dict[str, Any]:
    """It is over, whoever holds it: a worker may be about to send it by another gateway."""
    return {
        "status": state.value,
        "sent_at": message.sent_at or now(),
        "due_at": None,
        "dead_at": None,
        "claim": None,
        "error": "",
        "fault": "",
        "data": {} if message.blank_after else message.data,
    }


def _give_up(message: Message, lost: DeliveryTry) -> None:
    then: dict[str, Any] = {"status": lost.state, "fault": lost.fault, "error": lost.reason, "claim": None}
    if Fault(lost.fault or Fault.UNKNOWN).ours:
        then |= {"sent_at": None, "dead_at": None, "due_at": now(), "failures": Message.failures + 1}
    else:
        then |= {"sent_at": None, "due_at": None, "dead_at": now()}
    _change(message, **then)


def _change(message: Message, **changes: Any) -> None:
    Message.update(**changes).where(Message.id == message.id).execute()
