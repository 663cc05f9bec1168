"""The outbox: every SMS, e-mail and webhook is stored first, in the transaction that causes it."""

import random
from datetime import timedelta
from typing import Any

from peewee import (
    BooleanField,
    CharField,
    DateTimeField,
    Expression,
    IntegerField,
    JSONField,
    ModelUpdate,
    TextField,
)

from cabinet.models.base import Model, new_id, now
from cabinet.models.choosing import EVER, EVERY, Only, index_lanes, index_what_is_over
from cabinet.models.claims import MOST_PATIENCE, Begin, claimed
from cabinet.models.database import db, transaction
from cabinet.models.prepared import Prepared, insert
from cabinet.models.unit import whole
from cabinet.telemetry import cause

CHANNELS = ("sms", "call", "max", "mail", "webhook", "staff")
FIRST_BACKOFF, LONGEST_BACKOFF = 10, 240  # seconds: what waits learns within 5 minutes of a return
LONGEST_BACKOFF_ALONE = 2 * 3600  # seconds, for a full mailbox

ALARMS = ("delivery_late", "alarm", "alarm_over")
# what tells staff of alarms, which does not count itself
TOLD = (*ALARMS, *(f"staff/{kind}" for kind in ALARMS))


class Message(Model):
    """Something to deliver. `due_at` is when it is next to be tried, None once it is over.

    `channel` is "sms", "call", "max", "mail", "webhook", or "staff", which the worker fans out to the staff's
    mailboxes and webhooks. `template` and `data` make the text; the text itself is not stored.
    A message ends sent, dead (with the reason), or expired (dead with the reason "expired"). `failures` are
    the tries that certainly delivered nothing; the fate of the other earlier ones is unknown.
    `tried_since` is when it was first taken up, anew after staff had the dead message sent again.
    `status` is a gateway's latest word (`State`), `fault` whose fault a failure is (`Fault`), `round` how
    often staff had the dead message sent again. `request_id` is of the request that caused it, for the log.
    `erased_at` is when the resident it is about was erased while it waited: it goes once it is over.
    """

    id = CharField(22, primary_key=True, default=new_id)
    channel = CharField(8, column_name="lane")
    to = CharField(254, default="")
    template = CharField(48)
    data: Any = JSONField(default=dict)
    locale = CharField(8, default="ru")
    parent = CharField(22, null=True)
    created_at = DateTimeField(default=now, index=True)
    due_at = DateTimeField(null=True, default=now)
    expires_at = DateTimeField(null=True)
    tries = IntegerField(default=0)
    failures = IntegerField(default=0)
    tried_since = DateTimeField(null=True)
    claim = CharField(22, null=True)
    sent_at = DateTimeField(null=True)
    dead_at = DateTimeField(null=True)
    error = TextField(default="")
    blank_after = BooleanField(default=False)
    provider_id = CharField(64, null=True, index=True)
    status = CharField(16, default="")
    fault = CharField(12, default="")
    round = IntegerField(default=0)
    request_id = CharField(64, null=True, default=lambda: cause.current() or None)
    erased_at = DateTimeField(null=True)

    class Meta:
        indexes = (  # what waits, of all channels and of one; what is over: `index_what_is_over`
            *((("due_at", "id"), False), (("lane", "due_at", "id"), False)),
            (("parent", "created_at"), False),
            (("to", "created_at"), False),
        )

    @classmethod
    def drafted(
        cls,
        channel: str,
        template: str,
        to: str = "",
        data: dict[str, Any] | None = None,
        locale: str = "ru",
        expires: int | None = None,
        blank_after: bool = False,
        parent: str | None = None,
    ) -> "Message":
        """A new message, to be written; `enqueue` writes it at once.

        `expires` (seconds): never sent later than that. `blank_after`: `data` is emptied once it is over.
        """
        return cls(
            channel=channel,
            to=to,
            template=template,
            data=data or {},
            locale=locale,
            parent=parent,
            blank_after=blank_after,
            expires_at=now() + timedelta(seconds=expires) if expires else None,
        )

    @classmethod
    def enqueue(cls, *args: Any, **kwargs: Any) -> "Message":
        """Write a message inside the caller's transaction; as `drafted`."""
        message = cls.drafted(*args, **kwargs)
        cls.write(message)
        return message

    @staticmethod
    def write(*messages: "Message") -> None:
        """Write drafts inside the caller's transaction."""
        if not db.in_transaction():
            raise RuntimeError("a message must be enqueued in the transaction that causes it")
        insert(*messages)

    @classmethod
    def claim_next(cls, channel: str, only: Only = EVERY, begin: Begin | None = None) -> "Message | None":
        """Take the channel's longest-due message of those chosen for LEASE seconds; None if none is due.

        Two workers never hold one message: the claim is a conditional UPDATE. A worker that dies gives the
        message back when its lease runs out. `tries` counts this attempt already. `begin` gets it there.
        """
        return claimed(cls, channel, only, begin)

    @classmethod
    def waiting(cls) -> Expression:
        """The condition for messages to be sent. A range: SQLite cannot look up NOT NULL in an index."""
        return cls.due_at >= EVER

    @classmethod
    def sent(cls) -> Expression:
        """The condition for messages that were sent."""
        return cls.sent_at >= EVER

    @classmethod
    def dead(cls) -> Expression:
        """The condition for messages that were given up."""
        return cls.dead_at >= EVER

    @whole
    def _mine(self, **changes: Any) -> bool:
        """Apply changes if this claim still holds; False when another worker took the message over."""
        cls = type(self)
        return bool(cls.update(**changes).where(cls.id == self.id, cls.claim == self.claim).execute())

    def is_mine(self) -> bool:
        """Whether this claim still holds."""
        return _mine.value(self.id, self.claim) is not None

    def mark_sent(self, provider_id: str | None = None, status: str = "") -> bool:
        """Delivered to the next hop; finished."""
        data = {} if self.blank_after else self.data
        with transaction():
            return bool(_sent.changed(now(), provider_id, status, data, self.id, self.claim))

    @property
    def unanswered(self) -> int:
        """Earlier tries that may have delivered it: ended by a time-out or with the worker's death."""
        return max(0, self.tries - 1 - self.failures)

    def mark_failed(
        self, reason: str, retry_after: float | None = None, certain: bool = True, alone: bool = False
    ) -> bool:
        """This try failed; the next comes after a growing wait with jitter; after MOST_PATIENCE it is dead.

        `reason` is shown to staff and must hold no secrets. `retry_after` (seconds) is the receiver's wish.
        `certain` is False when the receiver may have accepted the message all the same. `alone`: it takes
        others, so that to ask often brings nothing but trouble.
        """
        if self.worn_out:
            return self.mark_dead(reason)
        doubled = FIRST_BACKOFF * 2 ** min(self.tries - 1, 10)
        longest = LONGEST_BACKOFF_ALONE if alone else LONGEST_BACKOFF
        wait = min(longest, doubled) * random.uniform(0.75, 1.25)  # noqa: S311 — no secret
        wait = max(wait, min(retry_after or 0, 3600))
        failures = self.failures + certain
        return self._mine(
            due_at=now() + timedelta(seconds=wait), error=reason[:500], claim=None, failures=failures
        )

    def put_off(self, seconds: float) -> bool:
        """Nobody was asked: its turn comes later, and this was no try."""
        return self._mine(due_at=now() + timedelta(seconds=seconds), claim=None, tries=self.tries - 1)

    @property
    def worn_out(self) -> bool:
        """Whether it was tried for as long as anything is."""
        return self.tried_since is not None and self.tried_since < now() - MOST_PATIENCE

    def mark_dead(self, reason: str, fault: str = "") -> bool:
        """It will not be tried again by itself; staff see it, with the reason, and may retry it."""
        data = {} if self.blank_after and reason == "expired" else self.data
        return self._mine(due_at=None, dead_at=now(), error=reason[:500], fault=fault, claim=None, data=data)

    @whole
    def retry(self) -> bool:
        """Try a dead message again; False when it is not dead."""
        cls = type(self)
        return bool(cls._anew().where(cls.id == self.id, cls.dead_at.is_null(False)).execute())

    @classmethod
    @whole
    def retry_all(cls) -> int:
        """Try every dead message again that has not expired; returns how many."""
        alive = cls.expires_at.is_null() | (cls.expires_at > now())
        return int(cls._anew().where(cls.dead(), alive).execute())

    @classmethod
    def _anew(cls) -> ModelUpdate:
        return cls.update(
            due_at=now(),
            dead_at=None,
            tries=0,
            failures=0,
            tried_since=None,
            claim=None,
            status="",
            fault="",
            round=cls.round + 1,
        )


Message.add_index(
    Message.index(Message.erased_at, where=Message.erased_at.is_null(False), name="message_erased")
)
index_lanes(Message)
index_what_is_over(Message)
_OVER: dict[str, Any] = {"due_at": None, "error": "", "claim": None}
_mine: Prepared[Message] = Prepared(
    lambda key, claim: Message.select(Message.id).where(Message.id == key, Message.claim == claim)
)
_sent: Prepared[Message] = Prepared(
    lambda moment, provider_id, status, data, key, claim: Message.update(
        **{**_OVER, "sent_at": moment, "provider_id": provider_id, "status": status, "data": data}
    ).where(Message.id == key, Message.claim == claim),
    documents=("data",),
)
