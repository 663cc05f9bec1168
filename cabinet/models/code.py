"""One-time codes that verify a phone."""

import hmac
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import Any

from peewee import Case, CharField, DateTimeField, IntegerField, JSONField

from cabinet.models import code_streak
from cabinet.models.account_event import AccountEvent
from cabinet.models.attempt import DAY, Attempt, counter_key
from cabinet.models.base import Model, new_id, now, settings
from cabinet.models.code_limits import Counted, count_code, lock_counted, resend_wait
from cabinet.models.database import db, transaction
from cabinet.models.delivery_try import DeliveryTry
from cabinet.models.fate import State
from cabinet.models.limits import PRESSES, TRIES_RESERVED, give_back_all, limits_of
from cabinet.models.locks import lock_names
from cabinet.models.message import Message
from cabinet.models.prepared import Prepared, insert, update
from cabinet.models.session import GRACE
from cabinet.models.signing import six_digits
from cabinet.models.unit import whole


class Verdict(Enum):
    """The outcome of checking a typed code."""

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"
    EXPIRED = "expired"
    TOO_MANY = "too_many"


class OneTimeCode(Model):
    """A code sent to `phone` for one `purpose`: "registration", "recovery", "phone", "confirm", "merge".

    The digits are stored nowhere: they are a keyed digest of the unguessable id, the phone and the purpose,
    so neither the table nor the queue of messages holds a secret. The id is known to one browser's session
    only, which binds the code to it. `counted`: pairs of kind and subject by the id of the message.
    """

    id = CharField(22, primary_key=True, default=new_id)
    purpose = CharField(16)
    phone = CharField(16)
    created_at = DateTimeField(default=now, index=True)
    expires_at = DateTimeField()
    tries = IntegerField(default=0)
    used_at = DateTimeField(null=True)
    voided_at = DateTimeField(null=True)
    message = CharField(22, null=True)
    counted: Any = JSONField(null=True)
    just_sent: tuple[Message, int] | None = None  # by this object; then the seconds until another may be

    class Meta:
        indexes = ((("phone", "purpose", "created_at"), False),)

    @classmethod
    def find(cls, code_id: str | None) -> "OneTimeCode | None":
        """The code with this id, live or not."""
        return _by_id.first(code_id) if code_id else None

    @property
    def digits(self) -> str:
        """The six digits; only for the SMS and the comparison."""
        return six_digits("one-time-code", self.id, self.phone, self.purpose)[0]

    @classmethod
    @whole
    def send(
        cls,
        purpose: str,
        phone: str,
        ip: str,
        locale: str,
        replaces: "OneTimeCode | None" = None,
        known: bool = False,
        device: bool = False,
        way: str = "sms",
        proved: bool = False,
    ) -> "OneTimeCode":
        """Make a code and enqueue its SMS, or its call; the code it replaces becomes invalid.

        `known` marks an existing resident's phone: it is spared the limit of all SMS, that a flood by
        strangers reaches; and a few SMS a day beyond the phone's limit go to client networks that asked for
        none yet, so that one stranger cannot use them all up. `device` marks a browser that the resident
        signed in from before: it has a further reserve of its own and no limit per client network.
        `proved`: a proof of work was done (`proof`). Raises TooManyError at a limit of that way.
        """
        counted = count_code(way, phone, ip, known, device, proved)
        if replaces is not None:
            _void.changed(now(), replaces.id)
        code = cls(purpose=purpose, phone=phone, expires_at=now() + settings().code_life)
        code._enqueue(way, locale, counted, settings().code_lifetime)
        AccountEvent.record("code-sent", phone, ip, purpose=purpose, way=way)
        insert(code)
        return code

    @whole
    def repeat(self, way: str, ip: str, locale: str, known: bool = False, device: bool = False) -> None:
        """Have the same digits go another way. Raises TooManyError when a limit of that way is reached."""
        counted = count_code(way, self.phone, ip, known, device)
        self._enqueue(way, locale, counted, max(1, int((self.expires_at - now()).total_seconds())))
        AccountEvent.record("code-sent", self.phone, ip, purpose=self.purpose, way=way)
        update(self, "message", "counted")

    def _enqueue(self, way: str, locale: str, counted: Counted, life: int) -> None:
        what = {"code": self.id, "purpose": self.purpose}
        message = Message.enqueue(way, "code", self.phone, what, locale, expires=life)
        self.message, self.just_sent = message.id, (message, counted.next_wait)
        self.counted = {**(self.counted or {}), message.id: counted.subjects}

    def hurry(self) -> bool:
        """Send the same digits at once, if a gateway was silent and another is to send them soon.

        Returns whether that was so.
        """
        waiting = (Message.id == self.message) & Message.claim.is_null() & (Message.due_at > now())
        silent = DeliveryTry.select(DeliveryTry.message).where(DeliveryTry.state_is(State.SILENT))
        with db.atomic():
            soon = Message.update(due_at=now()).where(waiting, Message.id.in_(silent))
            return self.live and bool(soon.execute())

    @property
    def live(self) -> bool:
        """Whether the code is still valid."""
        return (
            self.used_at is None
            and self.voided_at is None
            and self.expires_at > now()
            and self.tries < settings().code_tries
        )

    @whole
    def take_back(self, message: str) -> None:
        """Count an SMS or a call as never asked for, since the company failed to send it.

        Repeating it changes nothing.
        """
        cls = type(self)
        lock_counted(self.phone, (cls.get_by_id(self.id).counted or {}).get(message, ()))
        counted = cls.get_by_id(self.id).counted or {}
        mine = counted.pop(message, ())
        cls.update(counted=counted).where(cls.id == self.id).execute()
        give_back_all(tuple((kind, subject) for kind, subject in mine))

    @classmethod
    def void_all(cls, phone: str) -> None:
        """Invalidate every code sent to this phone."""
        with transaction():
            cls.update(voided_at=now()).where(cls.phone == phone, cls.voided_at.is_null()).execute()

    @property
    def wait(self) -> int:
        """The seconds until another code may be sent to the phone."""
        return self.just_sent[1] if self.just_sent else resend_wait(self.phone)

    def tries_left(self, trusted: str | None = None) -> int:
        """Guesses that remain; `trusted` as for `verify`."""
        s, typed_wrong = settings(), counter_key(self.phone, trusted)
        today = s.code_wrong_per_phone_day - Attempt.count("wrong-code", typed_wrong, DAY)
        return max(0, min(s.code_tries - self.tries, max(today, TRIES_RESERVED - self.tries)))

    def used_within(self, seconds: int) -> bool:
        """Whether the code was found right in the last `seconds`."""
        return self.used_at is not None and self.used_at > now() - timedelta(seconds=seconds)

    def verify(
        self, typed: str, trusted: str | None = None, then: Callable[[], None] | None = None
    ) -> Verdict:
        """What six typed digits prove. RIGHT exactly once, whatever comes in parallel.

        The guess is counted, and the count committed, before anything is compared, so N parallel guesses
        count N. USED is the right code again: the same browser's second click, or its lost reply.
        Wrong codes of a day are counted per phone; those of a browser that is certainly the resident's,
        named by `trusted`, by themselves. TRIES_RESERVED of every code are allowed beyond that count.
        `then` is done in the transaction that settles a right code: RIGHT, or USED just before.
        """
        subject = counter_key(self.phone, trusted)
        if (guess := self._count_guess(subject)) is None:
            over = (fresh := self._read_again()).expires_at <= now() or fresh.voided_at
            return Verdict.EXPIRED if over else Verdict.TOO_MANY
        right = six_digits("one-time-code", self.id, self.phone, self.purpose)
        if not any(hmac.compare_digest(digits.encode(), typed.encode()) for digits in right):
            self._read_again()
            return Verdict.WRONG
        return self._use(guess, then)

    def _read_again(self) -> "OneTimeCode":
        """The row as it is now; what became of it is taken over."""
        fresh = _by_id.first(self.id)
        assert fresh is not None  # nothing deletes a code that is in use
        self.tries, self.used_at, self.voided_at = fresh.tries, fresh.used_at, fresh.voided_at
        return fresh

    @whole
    def _use(self, guess: tuple[int, ...], then: Callable[[], None] | None) -> Verdict:
        """The code was right: it is used, and neither the guess nor those before count any more."""
        moment = now()
        if _use.changed(moment, self.id):
            verdict, self.used_at = Verdict.RIGHT, moment
        else:
            verdict = Verdict.USED
            self._read_again()
        Attempt.forget(guess, all_of=(code_streak.STREAK, self.phone))
        if then and (verdict is Verdict.RIGHT or self.used_within(GRACE)):
            then()
        return verdict

    def _count_guess(self, subject: str) -> tuple[int, ...] | None:
        """Count a guess; None where the code allows no more, else the id among the day's wrong ones, if any.

        It counts as wrong until it is found right, so that a crash cannot give a guess for free.
        """
        most, limits = settings().code_tries, limits_of("wrong-code")
        with transaction():
            lock_names(f"wrong-code:{subject}")
            spent = Attempt.wait("wrong-code", subject, *limits) > 0
            allowed = min(TRIES_RESERVED, most) if spent else most
            if not _guess.changed(self.id, allowed, now(), now() - timedelta(seconds=GRACE)):
                return None
            self.tries += 1
            # the row is that of strangers; the resident's own browsers go on
            row = [(code_streak.STREAK, self.phone)] if subject == self.phone else []
            wrong = [] if spent else [("wrong-code", subject)]
            return Attempt.add(*row, *wrong)[len(row) :] if row or wrong else ()


_by_id: Prepared[OneTimeCode] = Prepared(lambda key: OneTimeCode.select().where(OneTimeCode.id == key))
_void: Prepared[OneTimeCode] = Prepared(
    lambda moment, key: OneTimeCode.update(voided_at=moment).where(
        OneTimeCode.id == key, OneTimeCode.used_at.is_null()
    )
)
_use: Prepared[OneTimeCode] = Prepared(
    lambda moment, key: OneTimeCode.update(used_at=moment).where(
        OneTimeCode.id == key, OneTimeCode.used_at.is_null()
    )
)
_guess: Prepared[OneTimeCode] = Prepared(  # who pressed it just now may press it again and again
    lambda key, allowed, moment, just_now: OneTimeCode.update(tries=OneTimeCode.tries + 1).where(
        OneTimeCode.id == key,
        OneTimeCode.tries < allowed + Case(None, [(OneTimeCode.used_at > just_now, PRESSES)], 0),
        OneTimeCode.voided_at.is_null(),
        OneTimeCode.expires_at > moment,
    )
)
