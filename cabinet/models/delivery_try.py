"""Tries to hand a message to a gateway: each is a row before it begins, and gets its outcome afterwards."""

from datetime import datetime, timedelta
from typing import Any

from peewee import CharField, DateTimeField, Expression, IntegerField

from cabinet.fields import operator
from cabinet.models.base import Model, new_id, now
from cabinet.models.database import db, is_sqlite
from cabinet.models.fate import FINAL, Fault, State
from cabinet.models.message import Message
from cabinet.models.prepared import Prepared, insert
from cabinet.models.spending import Spending, price_of, reserve
from cabinet.models.unit import keyed, unit

FIRST_POLL, LONGEST_POLL = 5, 600  # seconds between questions about one try, doubling
POLLED_FOR = timedelta(hours=6)
BATCH = 20
UNSENT = (State.UNAVAILABLE, State.REFUSED)


class DeliveryTry(Model):
    """One try to send `message` through a gateway, or to call by it; `way` is as channels are.

    `reason` is the gateway's code or a fault of the line, for staff. `price` is in kopecks. `poll_at` is when
    to ask the gateway next, None when there is nothing to ask. `round` is the message's at that time.
    `purpose` is what it is for, as "code/registration", or its template; `operator` goes by the DEF code.
    """

    id = CharField(22, primary_key=True, default=new_id)
    message = CharField(22, index=True)
    round = IntegerField(default=0)
    gateway = CharField(16)
    way = CharField(8, default="sms")
    purpose = CharField(48, default="")
    operator = CharField(16, default="")
    at = DateTimeField(default=now, index=True)
    state = CharField(12, default=State.BEGUN.value)
    fault = CharField(12, default="")
    reason = CharField(100, default="")
    provider_id = CharField(64, null=True)
    price = IntegerField(null=True)
    segments = IntegerField(null=True)
    poll_at = DateTimeField(null=True, index=True)
    ended_at = DateTimeField(null=True)

    class Meta:
        indexes = ((("gateway", "provider_id"), False),)

    @classmethod
    def begin(cls, message: Message, gateway: str, segments: int = 1) -> "DeliveryTry":
        """Record that the message is handed over now, and what it costs. Raises SpentError at a budget."""
        kind = message.data.get("purpose")
        row = cls(
            message=message.id,
            round=message.round,
            gateway=gateway,
            way=message.channel,
            purpose=f"{message.template}/{kind}" if kind else message.template,
            operator=operator(message.to),
            segments=segments,
        )
        row.price = price_of(row.line, segments) or None

        def spend() -> None:
            if segments:  # what costs nothing goes without a budget, too
                reserve(*row.cost)
            insert(row)
            Spending.add(row.at, gateway, *row.cost)

        unit(spend)
        return row

    @property
    def line(self) -> str:
        """What has a price of its own: the gateway, or its calls, as "twilio/call"."""
        return self.gateway if self.way in ("sms", self.gateway) else f"{self.gateway}/{self.way}"

    @property
    def cost(self) -> tuple[int, int]:
        """Segments and kopecks that count as spent: none where it certainly was not sent."""
        if self.state in UNSENT:
            return 0, 0
        return self.segments or 0, self.price or 0

    @classmethod
    def of(cls, message: Message) -> list["DeliveryTry"]:
        """The tries of the message's present round, oldest first."""
        return _of.all(message.id, message.round)

    @property
    def may_arrive(self) -> bool:
        """Whether the gateway may have taken it and has not said what became of it."""
        return self.state in (State.BEGUN, State.SILENT)

    def ended(self, state: State, reason: str, fault: Fault | None = None) -> None:
        """It was refused, or had no answer. What the gateway reported meanwhile is kept."""
        self._note(
            self.state_is(State.BEGUN),
            state=state.value,
            reason=reason[:100],
            fault=fault.value if fault else "",
            ended_at=now(),
        )

    def taken(
        self, state: State, provider_id: str | None, price: int | None, segments: int | None, poll: bool
    ) -> None:
        """The gateway took it. What it reported meanwhile is kept."""
        known: dict[str, Any] = {"provider_id": provider_id}
        known |= {name: one for name, one in (("price", price), ("segments", segments)) if one is not None}
        if poll:
            known["poll_at"] = now() + timedelta(seconds=FIRST_POLL)
        begun = self.state_is(State.BEGUN, State.ACCEPTED)
        if not self._note(begun, state=state.value, ended_at=now(), **known):
            self._note(self.state_is(*FINAL), provider_id=provider_id)

    def ask_later(self) -> None:
        """Let the gateway be asked about it, though its answer never came."""
        self._note(self.state_is(State.SILENT), poll_at=now() + timedelta(seconds=FIRST_POLL))

    @classmethod
    def state_is(cls, *states: State) -> Expression:
        """The condition for tries in one of these states."""
        return cls.state.in_([state.value for state in states])

    def _note(self, condition: Expression, **changes: Any) -> bool:
        changed, fresh = self._change(self.id, condition, changes)
        for name in ("state", "fault", "reason", "provider_id", "price", "segments", "poll_at"):
            setattr(self, name, getattr(fresh, name))
        return changed

    @classmethod
    def change(cls, key: str, condition: Expression, **changes: Any) -> bool:
        """Change a try where the condition holds, and what counts as spent with it; whether it held."""
        return cls._change(key, condition, changes)[0]

    @classmethod
    @keyed
    def _change(cls, key: str, condition: Expression, changes: dict[str, Any]) -> tuple[bool, "DeliveryTry"]:
        """As `change`; and the try as it is then."""
        before = _held.first(key)
        if before is None:
            raise LookupError(key)
        if "segments" in changes and "price" not in changes:
            changes = changes | {"price": price_of(before.line, changes["segments"]) or before.price}
        changed = bool(cls.update(**changes).where(cls.id == key, condition).execute())
        after = (_by_id.first(key) if changed else before) or before
        more = [new - old for new, old in zip(after.cost, before.cost, strict=True)]
        Spending.add(before.at, before.gateway, *more)
        return changed, after

    @classmethod
    def claim_polls(cls) -> list["DeliveryTry"]:
        """Tries to ask about now, all of one gateway; the next question comes after twice the time."""
        moment = now()
        due = cls.select().where(cls.poll_at <= moment).order_by(cls.poll_at).limit(BATCH)
        if not due.exists():
            return []
        with db.atomic():
            rows = list(due if is_sqlite() else due.for_update("FOR UPDATE SKIP LOCKED"))  # type: ignore[arg-type]
            mine = [row for row in rows if row.gateway == rows[0].gateway]
            for row in mine:
                cls.update(poll_at=_next_poll(row.at, moment)).where(cls.id == row.id).execute()
        return mine

    @classmethod
    def poll_now(cls, gateway: str, ref: str) -> None:
        """Let the gateway be asked at once about what we call `ref`: it says that there is news."""
        waiting = (cls.message == ref) & (cls.gateway == gateway) & cls.poll_at.is_null(False)
        with db.atomic():
            cls.update(poll_at=now()).where(waiting).execute()


def _hold(key: Any) -> Any:
    mine = DeliveryTry.select().where(DeliveryTry.id == key)
    return mine if is_sqlite() else mine.for_update()


_by_id: Prepared[DeliveryTry] = Prepared(lambda key: DeliveryTry.select().where(DeliveryTry.id == key))
_held: Prepared[DeliveryTry] = Prepared(_hold)
_of: Prepared[DeliveryTry] = Prepared(
    lambda message, turn: (
        DeliveryTry.select()
        .where(DeliveryTry.message == message, DeliveryTry.round == turn)
        .order_by(DeliveryTry.at, DeliveryTry.id)
    )
)


def _next_poll(since: datetime, moment: datetime) -> datetime | None:
    age = moment - since
    if age > POLLED_FOR:
        return None
    return moment + max(timedelta(seconds=FIRST_POLL), min(age, timedelta(seconds=LONGEST_POLL)))
