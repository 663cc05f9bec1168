"""What somebody asked about their own data by letter or at the office: to withdraw, to delete, to be told.

Whoever has a cabinet does all that there. 152-ФЗ gives ten working days to answer (art. 14, 20), and thirty
days to destroy the data once the consent is withdrawn (art. 21 part 5).
"""

from datetime import date, datetime, timedelta
from typing import Any

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, TextField

from cabinet.models.audit import Audit
from cabinet.models.base import Model, new_id, now
from cabinet.models.staff import Staff
from cabinet.models.staff_admin import RightsLostError
from cabinet.models.unit import whole
from cabinet.models.user import User
from cabinet.models.working_days import later

MOSCOW = timedelta(hours=3)
ERASING = ("withdraw", "delete")  # asked for these, the data are destroyed
KINDS = (*ERASING, "tell")
WAYS = ("visit", "post", "email")
DAYS_TO_ERASE, WORKING_DAYS_TO_TELL = 30, 10


class DataRequest(Model):
    """A request on record. `phone` tells whose data; `user` is the resident who has it, if any.

    `came_on` is the day it came, `until` the last day that the law gives, both of Moscow. `outcome` is empty
    until it is `approved` (the data are deleted at `erase_at`; that is None where their deletion was set
    before, and not by this request), `kept` (who asked thought better of it) or `closed` (`answer` says how).
    Erased with the data that it is about: the journal keeps that it was.
    """

    user_id: str | None
    id = CharField(22, primary_key=True, default=new_id)
    user = ForeignKeyField(User, null=True, on_delete="CASCADE")
    phone = CharField(16, index=True)
    kind = CharField(8)
    way = CharField(8)
    came_on = DateField()
    words = TextField()
    recorded_by = CharField(22)
    at = DateTimeField(default=now)
    until = DateField()
    outcome = CharField(8, default="")
    answer = TextField(default="")
    decided_by: Any = CharField(22, null=True)
    decided_at: Any = DateTimeField(null=True)
    erase_at: Any = DateTimeField(null=True)

    class Meta:
        indexes = ((("outcome", "until", "id"), False),)

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return not self.outcome

    @property
    def is_late(self) -> bool:
        """Whether the law's last day is over and nobody has decided."""
        return self.is_open and self.until < today()

    @property
    def erases(self) -> bool:
        """Whether the data are to be destroyed."""
        return self.kind in ERASING

    @property
    def subject(self) -> str:
        """What the journal knows it by: the resident, else the request itself, never the phone."""
        return self.user_id or self.id

    @classmethod
    def waiting(cls, most: int) -> "list[DataRequest]":
        """Those that nobody has decided, the most urgent first."""
        return list(cls.select().where(cls.outcome == "").order_by(cls.until, cls.id).limit(most))

    @classmethod
    def count_waiting(cls, most: int) -> tuple[int, bool]:
        """How many nobody has decided, as far as `most`; whether the law's last day of one is over."""
        waiting = cls.select(cls.id).where(cls.outcome == "")
        return waiting.limit(most).count(), waiting.where(cls.until < today()).exists()

    @classmethod
    def of(cls, user: User) -> "list[DataRequest]":
        """A resident's latest, newest first."""
        return list(cls.select().where(cls.user == user.id).order_by(cls.at.desc()).limit(5))

    @classmethod
    def due(cls) -> "list[DataRequest]":
        """Approved, of people without a cabinet, their time over."""
        over = (cls.outcome == "approved", cls.user.is_null(), cls.erase_at <= now())
        return list(cls.select().where(*over).limit(50))


def today() -> date:
    """The day in Moscow."""
    return (now() + MOSCOW).date()


def last_day(kind: str, came_on: date) -> date:
    """The last day that the law gives."""
    if kind in ERASING:
        return came_on + timedelta(days=DAYS_TO_ERASE)
    return later(came_on, WORKING_DAYS_TO_TELL)


def end_of(day: date) -> datetime:
    """When a day of Moscow is over, in UTC."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time()) - MOSCOW


@whole
def put_on_record(
    phone: str, kind: str, way: str, came_on: date, words: str, staff: Staff, ip: str
) -> DataRequest:
    """Record what was asked for; the one that waits already if the same was. Raises RightsLostError."""
    keep_rights(staff)
    user = User.by_phone(phone)
    whose = DataRequest.user == user.id if user else DataRequest.user.is_null()
    same = DataRequest.select().where(
        DataRequest.phone == phone, whose, DataRequest.kind == kind, DataRequest.outcome == ""
    )
    if found := same.first():
        return found  # type: ignore[no-any-return]
    made: DataRequest = DataRequest.create(
        user=user and user.id,
        phone=phone,
        kind=kind,
        way=way,
        came_on=came_on,
        words=words,
        recorded_by=staff.id,
        until=last_day(kind, came_on),
    )
    told = {"kind": kind, "way": way, "came_on": came_on.isoformat()}
    Audit.record("staff-data-request-recorded", staff.actor, made.subject, ip, request=made.id, **told)
    return made


def keep_rights(staff: Staff) -> None:
    """Who acts may not be blocked or changed until the caller's transaction ends, nor be so already."""
    if staff.held() is None:
        raise RightsLostError
