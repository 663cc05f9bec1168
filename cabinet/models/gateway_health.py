"""Which gateways and other receivers keep failing: they are left to rest, then one message tries them."""

from datetime import timedelta

from peewee import CharField, DateTimeField, Expression, IntegerField, fn

from cabinet.models.base import Model, now
from cabinet.models.fate import Fault
from cabinet.models.message import Message
from cabinet.models.prepared import Prepared
from cabinet.models.unit import unit, whole

FAILURES = 5  # in a row, after which a gateway is left alone
FIRST_REST, LONGEST_REST = 15, 120  # seconds, doubling
PROBE = 30  # seconds that one message may take to try a gateway again, while the others pass it by


class GatewayHealth(Model):
    """How a gateway fared lately: `failures` in a row, the last one's reason and fault.

    `since` is when the rest began that goes on: after fewer failures nothing waits for it.
    """

    gateway = CharField(16, primary_key=True)
    failures = IntegerField(default=0)
    open_until = DateTimeField(null=True)
    reason = CharField(100, default="")
    fault = CharField(12, default="")
    since = DateTimeField(null=True)

    @classmethod
    def is_well(cls, gateway: str) -> bool:
        """Whether it is not left alone, nor waits for the message that tries it again."""
        health = _by_name.first(gateway)
        return health is None or health.open_until is None

    @classmethod
    def may_try(cls, gateway: str) -> bool:
        """Whether a message may go there now. After a rest this is said to one message at first."""
        health = _by_name.first(gateway)
        if health is None or health.open_until is None:
            return True
        if health.open_until > now():
            return False  # without a turn to write, which would cost the others time
        mine = (cls.gateway == gateway) & (cls.open_until <= now())
        probe = cls.update(open_until=now() + timedelta(seconds=PROBE)).where(mine)
        return unit(lambda: bool(probe.execute()))

    @classmethod
    def rest(cls, gateway: str) -> float:
        """Seconds for which a gateway is still left alone."""
        until = cls.select(cls.open_until).where(cls.gateway == gateway).scalar()
        return max(0.0, (until - now()).total_seconds()) if until else 0.0

    @classmethod
    @whole
    def failed(cls, gateway: str, reason: str, fault: Fault | None = None) -> None:
        """It did not answer, or refused for a reason that all messages share."""
        cls.insert(gateway=gateway).on_conflict_ignore().execute()
        changes = {"failures": cls.failures + 1, "reason": reason[:100], "fault": fault or ""}
        cls.update(**changes).where(cls.gateway == gateway).execute()
        health = cls.get_by_id(gateway)
        if health.failures >= FAILURES:
            seconds = min(LONGEST_REST, FIRST_REST * 2 ** min(health.failures - FAILURES, 10))
            until = now() + timedelta(seconds=seconds)
            since = fn.COALESCE(cls.since, now())
            cls.update(open_until=until, since=since).where(cls.gateway == gateway).execute()

    @classmethod
    def worked(cls, gateway: str, waiting: Expression | None = None) -> None:
        """It took a message, or refused one for its own sake. What waited for it is due at once.

        `waiting` is the condition for these messages; without it they are SMS, calls and MAX.
        """
        health = _by_name.first(gateway)
        if health is None or not health.failures:
            return
        rested = health.open_until is not None
        cls._is_well(gateway, (_phone() if waiting is None else waiting) if rested else None)

    @classmethod
    @whole
    def _is_well(cls, gateway: str, waiting: Expression | None) -> None:
        well = {"failures": 0, "open_until": None, "since": None, "reason": "", "fault": ""}
        cls.update(**well).where(cls.gateway == gateway).execute()
        if waiting is not None:
            put_off = (Message.due_at > now()) & Message.claim.is_null()
            Message.update(due_at=now()).where(waiting, put_off).execute()


def _phone() -> Expression:
    """What certainly reached nobody by phone or MAX: who was silent may have taken the others."""
    return Message.channel.in_(("sms", "call", "max")) & (Message.tries == Message.failures)


_by_name: Prepared[GatewayHealth] = Prepared(
    lambda name: GatewayHealth.select().where(GatewayHealth.gateway == name)
)
