"""Connection requests: what residents who are not in billing ask for, and what became of it."""

import secrets

from peewee import BigIntegerField, CharField, DateField, DateTimeField, ForeignKeyField, TextField

from cabinet.models.base import Model, now
from cabinet.models.user import User

STATES = ("new", "in_work", "done", "refused")
OPEN_STATES = ("new", "in_work")
NOTE_KINDS = ("note", "reply", "state")


def new_number() -> str:
    """Eight digits that a person can read out over the telephone; one does not tell another."""
    return f"{secrets.randbelow(90_000_000) + 10_000_000}"


class ConnectionRequest(Model):
    """A request to connect an address. Rows come in the order of `id`; residents know the `number`.

    `phone` is proved. `account` is the number as typed, `account_key` its normalised form or empty; `period`
    and `amount` (kopecks) are what the look-up was tried with. `receipt` is the name of the stored file in
    the folder of uploads, empty without one, `receipt_type` its media type. `matched_account` is the
    `Account.number` that a later import brought for it. `assignee` is the `Staff.id` at work on it.
    """

    number = CharField(12, unique=True, default=new_number)
    created_at = DateTimeField(default=now, index=True)
    state = CharField(8, default="new")
    phone = CharField(16, index=True)
    last_name = CharField(60, index=True)
    first_name = CharField(60)
    middle_name = CharField(60, default="")
    email = CharField(254)
    city = CharField(100)
    street = CharField(100)
    house = CharField(20)
    building = CharField(20, default="")
    flat = CharField(20, default="")
    account = CharField(64, default="")
    account_key = CharField(32, default="", index=True)
    period = DateField(null=True)
    amount = BigIntegerField(null=True)
    comment = TextField(default="")
    receipt = CharField(40, default="")
    receipt_type = CharField(32, default="")
    locale = CharField(8, default="ru")
    user = ForeignKeyField(User, null=True, on_delete="SET NULL")
    idempotency_key = CharField(64, unique=True)
    assignee = CharField(22, null=True)
    closed_at = DateTimeField(null=True)
    matched_account = CharField(32, null=True)

    class Meta:
        indexes = ((("state", "created_at"), False), (("assignee", "created_at"), False))

    @property
    def full_name(self) -> str:
        """Last, first and middle name."""
        return " ".join(n for n in (self.last_name, self.first_name, self.middle_name) if n)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in OPEN_STATES

    def notes(self) -> "list[RequestNote]":
        """What happened to the request, oldest first."""
        return list(RequestNote.select().where(RequestNote.request == self.id).order_by(RequestNote.id))


class RequestNote(Model):
    """One entry of a request's history. `staff` is a `Staff.id`, None when the program itself wrote.

    kind "note": internal words; "reply": words sent to the resident; "state": `text` is the new state.
    """

    request = ForeignKeyField(ConnectionRequest, backref="entries", on_delete="CASCADE")
    at = DateTimeField(default=now)
    staff = CharField(22, null=True)
    kind = CharField(8)
    text = TextField(default="")
