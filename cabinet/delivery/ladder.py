"""The ladder of gateways: which of them sends a message, and when another does.

The next one sends at once where one certainly did not. Where one may have taken the message, we wait for a
word; after SILENCE seconds without one the same text goes once more, by another gateway if there is one.
"""

from dataclasses import dataclass

from cabinet.delivery import gateways, outcome
from cabinet.delivery.errors import OutdatedError, RefusedError, RestingError, UnavailableError
from cabinet.delivery.gateway import Gateway, Outgoing, SmsReceipt
from cabinet.delivery.message_texts import segments
from cabinet.delivery.polling import ask
from cabinet.models import DeliveryTry, GatewayHealth, Message
from cabinet.models.database import connected, db
from cabinet.models.delivery_report import settle
from cabinet.models.fate import Fault, State
from cabinet.models.shared_commit import together
from cabinet.models.spending import SpentError
from config import Settings

SILENCE = 20  # seconds
TAKEN = (State.ACCEPTED, State.DELIVERED, State.UNKNOWN)


@dataclass(frozen=True)
class Begun:
    """A message's first try, recorded with the claim: the gateway's turn is now."""

    sms: Outgoing
    gateway: Gateway
    row: DeliveryTry


class Ladder:
    """The gateways for one way, "sms", "call" or "max", in order; belongs to one thread."""

    def __init__(self, settings: Settings, way: str) -> None:
        self.way = way
        self.gateways = gateways.by_way(settings, way)

    def begin(self, message: Message, sms: Outgoing) -> Begun | None:
        """Record a first try by the first gateway that is not left alone, inside the caller's transaction.

        None where there is none, or one whose rest is over. Raises SpentError at a budget.
        """
        for gateway in self.gateways:
            if GatewayHealth.is_well(self._line(gateway)):
                return Begun(sms, gateway, self._recorded(message, gateway, sms))
            if not GatewayHealth.rest(self._line(gateway)):
                break
        return None

    def send(self, message: Message, sms: Outgoing, begun: Begun | None = None) -> SmsReceipt:
        """Hand the message to the first gateway that takes it; to that of the try that was begun, before all.

        Raises RefusedError when none ever will, UnavailableError when one may later, or when one may have;
        OutdatedError when its fate is known meanwhile, RestingError when a notice is to wait for one at rest.
        """
        failures: list[RefusedError | UnavailableError] = []
        rests: list[RestingError] = []
        for gateway in self._candidates(message, begun):
            try:
                row = begun.row if begun and gateway is begun.gateway else self._begin(gateway, message, sms)
                return self._hand_over(gateway, message, sms, row)
            except UnavailableError as failure:
                if not failure.certain:
                    raise
                failures.append(failure)
            except RefusedError as refusal:
                if refusal.fault is Fault.NUMBER:
                    raise
                failures.append(refusal)
            except RestingError as rest:
                rests.append(rest)
                failures.append(_left_alone(self._line(gateway)))
        if self.way == "sms" and message.template != "code" and 0 < len(rests) == len(failures):
            raise min(rests, key=lambda rest: rest.seconds)
        raise _outcome(failures or [self._lost(message)])

    def _candidates(self, message: Message, begun: Begun | None) -> list[Gateway]:
        """The gateways to try, those first that have not been silent; not those that lost it already."""
        if begun:
            return [begun.gateway, *(one for one in self.gateways if one is not begun.gateway)]
        tries = self._tries_so_far(message)
        lost = {one.gateway for one in tries if one.state == State.UNDELIVERED}
        silent = {one.gateway for one in tries if one.may_arrive}
        left = [gateway for gateway in self.gateways if gateway.name not in lost]
        return [gateway for gateway in left if gateway.name not in silent] or left

    def _tries_so_far(self, message: Message) -> list[DeliveryTry]:
        """Those of the message, after those silent gateways that know our id were asked about theirs.

        Raises OutdatedError when the message's fate is known then.
        """
        with connected():
            tries = DeliveryTry.of(message)
        if not tries:
            return []
        for gateway in self.gateways:
            mine = [one for one in tries if one.gateway == gateway.name and one.may_arrive]
            if gateway.finds_ref and mine:
                ask(gateway, mine)
        if settled(message):
            raise OutdatedError
        with connected():
            return DeliveryTry.of(message)

    def _begin(self, gateway: Gateway, message: Message, sms: Outgoing) -> DeliveryTry:
        """A try is recorded before it begins. What has waited as long as anything does has a last one."""
        line = self._line(gateway)
        with connected():
            if not message.worn_out and not GatewayHealth.may_try(line):
                raise RestingError(GatewayHealth.rest(line) + 0.1)
            try:
                return self._recorded(message, gateway, sms)
            except SpentError as spent:
                raise _no_budget(message, spent.wait) from None

    def _recorded(self, message: Message, gateway: Gateway, sms: Outgoing) -> DeliveryTry:
        count = {"sms": segments(sms.text), "call": 1}.get(self.way, 0)
        return DeliveryTry.begin(message, gateway.name, count)

    def _hand_over(self, gateway: Gateway, message: Message, sms: Outgoing, row: DeliveryTry) -> SmsReceipt:
        """One try, whose end is recorded."""
        try:
            receipt = gateway.call(sms) if self.way == "call" else gateway.send(sms)
        except UnavailableError as failure:
            _note_unavailable(row, failure, self._line(gateway), gateway.finds_ref)
            if failure.certain:
                raise
            raise UnavailableError(failure.reason, SILENCE, certain=False) from None
        except RefusedError as refusal:
            _note_refused(row, refusal, self._line(gateway))
            raise
        outcome.record(lambda: _note_taken(message, row, receipt, gateway.polls))
        outcome.record(lambda: GatewayHealth.worked(self._line(gateway)))
        return receipt

    def _line(self, gateway: Gateway) -> str:
        """What fails or works together: a gateway may send well while it cannot call."""
        return gateway.name if self.way in ("sms", gateway.name) else f"{gateway.name}/{self.way}"

    def _lost(self, message: Message) -> RefusedError:
        """Why there is no gateway left: all lost it, or none can do this."""
        with connected():
            lost = [one for one in DeliveryTry.of(message) if one.state == State.UNDELIVERED]
        if not lost:
            return RefusedError(f"no gateway for {self.way}", Fault.ACCOUNT)
        return RefusedError(lost[-1].reason, Fault(lost[-1].fault or Fault.UNKNOWN))


def settled(message: Message) -> bool:
    """Whether the message's fate is known without another try: a worker died before it could note it."""
    with connected():
        if any(one.state in TAKEN for one in DeliveryTry.of(message)):
            with db.atomic():
                settle(message)
        return not message.is_mine()


def _note_taken(message: Message, row: DeliveryTry, receipt: SmsReceipt, polls: bool) -> None:
    """The try and its message say so in one commit: whoever dies in between leaves no doubt."""
    provider_id = (receipt.provider_id or "")[:64] or None

    def taken() -> None:
        row.taken(receipt.state, provider_id, receipt.price, receipt.segments, polls)
        message.mark_sent(provider_id, receipt.state.value)

    together(taken, keyed=True)


def _note_unavailable(row: DeliveryTry, failure: UnavailableError, line: str, finds_ref: bool) -> None:
    with connected():
        row.ended(State.UNAVAILABLE if failure.certain else State.SILENT, failure.reason)
        GatewayHealth.failed(line, failure.reason)
        if not failure.certain and finds_ref:
            row.ask_later()


def _note_refused(row: DeliveryTry, refusal: RefusedError, line: str) -> None:
    with connected():
        row.ended(State.REFUSED, refusal.reason, refusal.fault)
        if refusal.fault.ours:
            GatewayHealth.failed(line, refusal.reason, refusal.fault)
        else:
            GatewayHealth.worked(line)


def _left_alone(line: str) -> RefusedError | UnavailableError:
    """A gateway that keeps failing is not asked, and counts as failing as it did last."""
    with connected():
        health = GatewayHealth.get_by_id(line)
        fault = Fault(health.fault or Fault.UNKNOWN)
        if fault.ours:
            return RefusedError(health.reason, fault)
        return UnavailableError(health.reason, GatewayHealth.rest(line) + 1)


def _no_budget(message: Message, wait: int) -> RefusedError | UnavailableError:
    """The budget is used up: a code would come too late, the rest waits for the next day."""
    reason = "the budget for SMS is used up"
    return (
        RefusedError(reason, Fault.BUDGET) if message.template == "code" else UnavailableError(reason, wait)
    )


def _outcome(failures: list[RefusedError | UnavailableError]) -> RefusedError | UnavailableError:
    """What it means that no gateway took the message."""
    down = [one for one in failures if isinstance(one, UnavailableError)]
    if down:
        return UnavailableError(down[0].reason, min(one.retry_after or 0 for one in down))
    refused = [one for one in failures if isinstance(one, RefusedError)]
    return next((one for one in refused if not one.fault.ours), refused[0])
