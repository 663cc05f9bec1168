"""Connection requests from residents who are not in billing, and their progress."""

import hashlib
from datetime import date
from typing import Any

from peewee import BigIntegerField, CharField, DateField, DateTimeField, ForeignKeyField, TextField, fn

from cabinet.models import max_link
from cabinet.models.attempt import network
from cabinet.models.audit import Audit
from cabinet.models.base import now
from cabinet.models.limits import LookUp, take
from cabinet.models.locks import lock_names
from cabinet.models.mailbox import may_write
from cabinet.models.max_link import MaxLink
from cabinet.models.message import Message
from cabinet.models.prepared import Prepared
from cabinet.models.request_note import CONVERSATION, RequestNote
from cabinet.models.request_number import new_number
from cabinet.models.request_words import Searched
from cabinet.models.unit import keyed
from cabinet.models.user import User

STATES = ("new", "in_work", "done", "refused")
OPEN_STATES = ("new", "in_work")
MAX_PATIENCE = 1800  # seconds for which a notice waits for MAX before it goes another way
ANSWERS = (
    *("last_name", "first_name", "middle_name", "email", "city", "street", "house", "building", "flat"),
    *("account", "account_key", "comment"),
)


class ConnectionRequest(Searched):
    """A request to connect an address. Rows come in the order of `id`; residents know the `number`.

    `phone` is verified. `account` is the number as typed, `account_key` its normalised form or empty;
    `period` and `amount` (kopecks) are what the look-up was tried with. `receipt` is the name of the stored
    file in the folder of uploads, empty without one, `receipt_type` its media type. `matched_account` is
    the `Account.number` that a later import brought for it. `assignee` is the `Staff.id` at work on it.
    `merged_into` is the number of the request that it became a part of. `proved_by` is "max" where a contact
    in MAX alone proved the phone, which a former owner may have: then it is not of who has the SIM.
    """

    id: Any
    user_id: str | None
    number = CharField(12, unique=True, default=new_number)
    created_at = DateTimeField(default=now)
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
    merged_into: Any = CharField(12, null=True)
    proved_by: Any = CharField(8, null=True)

    class Meta:
        indexes = (
            (("created_at", "number"), False),
            (("state", "created_at", "number"), False),
            (("assignee", "created_at", "number"), False),
            (("assignee", "state", "created_at", "number"), False),
        )

    @classmethod
    @keyed
    def submit(
        cls,
        phone: str,
        answers: dict[str, Any],
        key: str,
        ip: str,
        *,
        period: date | None = None,
        amount: int | None = None,
        user_id: str | None = None,
        locale: str = "ru",
        receipt_digest: str = "",
        **more: str | None,
    ) -> "ConnectionRequest":
        """Store a request, send its number to the sender and everything to the staff, all or nothing.

        `answers` has the fields of ANSWERS, `more` may have `receipt`, `receipt_type`, `proved_by`.
        The same sent with the same `key` (of the form) is one request; the file of a repetition is not taken.
        Raises TooManyError at a limit.
        """
        told = "\0".join([key, phone, receipt_digest, *(str(answers[name]) for name in ANSWERS)])
        digest = hashlib.sha256(told.encode()).hexdigest()
        lock_names(f"request:{phone}")
        if sent := cls.get_or_none(cls.idempotency_key == digest):
            return sent
        take("request-phone", phone)
        take("request-ip", network(ip))
        request = cls.create(
            number=_unused_number(),
            phone=phone,
            period=period,
            amount=amount,
            user=user_id,
            locale=locale,
            idempotency_key=digest,
            **more,
            **answers,
        )
        request._announce(ip)
        return request

    def _announce(self, ip: str) -> None:
        """Send the number to the sender and everything to the staff."""
        sender = self.user_id
        self.notify("request_received")
        data = {**self.own_data(), "address": self.address, "user": sender}
        Message.enqueue("staff", "connection_request", data=data)
        Audit.record("request-sent", f"user:{sender}" if sender else "visitor", self.number, ip)

    def notify(self, template: str, **data: Any) -> None:
        """Enqueue a message to the sender: by MAX where that is linked, else as `otherwise` says."""
        data = {"number": self.number, "name": self.first_name, "address": self.address, **data}
        phone = self.phone_now if self.user_id else ""
        if max_link.is_on() and MaxLink.of_phone(phone):
            Message.enqueue("max", template, to=phone, data=data, locale=self.locale, expires=MAX_PATIENCE)
        elif way := self.otherwise(data):
            channel, to, data = way
            Message.enqueue(channel, template, to=to, data=data, locale=self.locale)

    def otherwise(self, data: dict[str, Any]) -> tuple[str, str, dict[str, Any]] | None:
        """By which channel, to whom and with what it goes: by mail, or by SMS where there is no address.

        A mailbox that is not proved gets the number alone, and none of the words that the sender typed.
        """
        proved = self.mailbox_is_proved
        mail = bool(self.email) and (proved or may_write(self.email))
        if mail and not proved:
            data = {**data, "name": "", "address": ""}
        channel, to = ("mail", self.email) if mail else ("sms", self.phone_now)
        return (channel, to, data) if to else None

    @property
    def phone_now(self) -> str:
        """Where SMS about it go: its resident's present number, "" where that passed on to another."""
        owner = User.find(self.user_id) if self.user_id else None
        return self.phone if owner is None else owner.phone if owner.has_number else ""

    @property
    def mailbox_is_proved(self) -> bool:
        """Whether the address is one that its sender, a resident, has confirmed."""
        confirmed = User.email_confirmed_at.is_null(False)
        return User.select().where(User.id == self.user_id, User.email == self.email, confirmed).exists()

    def own_data(self) -> dict[str, Any]:
        """Everything that was entered, for the resident's download and for the staff."""
        names = ("number", "phone", *ANSWERS, "amount", "receipt_type")
        return {
            **{name: getattr(self, name) for name in names if name != "account_key"},
            "period": self.period and self.period.isoformat(),
            "created_at": self.created_at.isoformat(),
        }

    @classmethod
    def look_up(cls, number: str, phone: str, ip: str) -> "ConnectionRequest | None":
        """The request of this number and phone, or None, whichever of the two is wrong.

        Misses are counted per number, phone and client address; beyond these a network has a few of its own
        for a phone, so that strangers elsewhere shut nobody out. Raises TooManyError at a limit.
        """
        client = network(ip)
        look = LookUp.begin(
            own=(("request-look-ip", client),),
            shared=(("request-look-number", number), ("request-look-phone", phone)),
            reserve=("request-look-own", f"{phone} {client}"),
        )
        found: ConnectionRequest | None = cls.get_or_none(cls.number == number, cls.phone == phone)
        look.end(found is not None)
        return found

    @classmethod
    def of_user(cls, user_id: str) -> "list[ConnectionRequest]":
        """A resident's requests, newest first."""
        return sorted(_of_user.all(user_id), key=lambda one: one.created_at, reverse=True)

    @classmethod
    def newest_of(cls, phone: str, user_id: str, most: int) -> "list[ConnectionRequest]":
        """The newest of `theirs`; put in order here, or SQLite might look through those of everybody."""
        found = cls.select().where(cls.theirs(phone, user_id))
        return sorted(found, key=lambda one: one.created_at, reverse=True)[:most]

    @classmethod
    def theirs(cls, phone: str, user_id: str) -> Any:
        """What is a resident's: their own requests, and nobody's of their phone that who has the SIM sent."""
        return (cls.user == user_id) | ((cls.phone == phone) & cls.user.is_null() & cls.proved_by.is_null())

    @classmethod
    def files_of(cls, *conditions: Any) -> list[str]:
        """Names of the files of requests that meet the conditions, and of their histories."""
        found = list(cls.select().where(*conditions))
        notes = RequestNote.select().where(RequestNote.request.in_([one.id for one in found]))
        return [name for name in (*(r.receipt for r in found), *(note.file for note in notes)) if name]

    @classmethod
    def erase_of(cls, phone: str, user_id: str) -> None:
        """Delete a resident's requests; whoever calls this deletes their `files_of`."""
        cls.delete().where(cls.theirs(phone, user_id)).execute()

    @property
    def is_open(self) -> bool:
        """Whether the request still needs work."""
        return self.state in OPEN_STATES

    def conversation(self) -> list[RequestNote]:
        """What staff and the resident wrote each other, oldest first."""
        return [note for note in self.notes() if note.kind in CONVERSATION]

    def last_entry(self) -> int:
        """The key of the newest entry of the history, by which a page says what it showed; 0 for none."""
        newest = RequestNote.select(fn.MAX(RequestNote.id)).where(RequestNote.request == self.id)
        return int(newest.scalar() or 0)

    def notes(self) -> list[RequestNote]:
        """The request's history, oldest first."""
        return list(RequestNote.select().where(RequestNote.request == self.id).order_by(RequestNote.id))


def _unused_number() -> str:
    while ConnectionRequest.select().where(ConnectionRequest.number == (number := new_number())).exists():
        pass
    return number


_of_user: Prepared[ConnectionRequest] = Prepared(
    lambda me: ConnectionRequest.select().where(ConnectionRequest.user == me)
)
