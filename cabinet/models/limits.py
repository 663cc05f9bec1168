"""Rate limits: how many attempts of each kind are allowed in how long.

What a company may want to change is a setting. The rest is fixed here: it guards mailboxes, the machine and
the numbers of requests alike in small companies and large.
"""

from dataclasses import dataclass
from datetime import timedelta

from cabinet.models.attempt import (
    DAY,
    HOUR,
    MINUTE,
    Attempt,
    Limit,
    TooManyError,
    blocking,
    count_since,
    longest_wait,
)
from cabinet.models.base import now, settings
from cabinet.models.database import transaction
from cabinet.models.locks import lock_names
from config import Settings

BEYOND = 10  # times as many codes go to a network by proof of work as without
TRIES_RESERVED = 2  # guesses that every code has, however many wrong ones strangers typed for the phone
PRESSES = 20  # of a code that was right just now, beyond the guesses that it has


FIXED: dict[str, tuple[Limit, ...]] = {
    # files sent with connection requests by phone, good or bad: checking costs
    "receipt": ((30, HOUR),),
    # what residents write about their requests, by phone
    "request-answer": ((10, HOUR), (20, DAY)),
    # photos of receipts, good or bad, by phone, client network: decoding costs
    "photo-phone": ((20, HOUR), (60, DAY)),
    "photo-ip": ((60, HOUR),),
    # what billing was asked of a photo's code and did not confirm, by phone, account, client network:
    # nobody may guess sums by codes of their own
    "photo-guess-phone": ((3, HOUR), (6, DAY)),
    "photo-guess-account": ((3, DAY),),
    "photo-guess-ip": ((10, HOUR),),
    # searches of billing, and accounts of it opened, by member of staff: nobody reads all of it
    "account-search": ((60, HOUR), (200, DAY)),
    "account-open": ((120, HOUR), (400, DAY)),
    # receipts that callers read aloud and billing did not know, by member of staff, phone
    "lookup-staff": ((20, HOUR), (60, DAY)),
    "lookup-caller": ((5, HOUR), (8, DAY)),
    # invitations by telephone, each an SMS: by phone, member of staff, the office's network
    "invitation-phone": ((2, HOUR), (3, DAY)),
    "invitation-staff": ((30, HOUR), (100, DAY)),
    "invitation-ip": ((100, HOUR), (300, DAY)),
    # look-ups of a request that missed, by its number, phone, client network
    "request-look-number": ((20, DAY),),
    "request-look-phone": ((10, HOUR),),
    "request-look-ip": ((20, HOUR),),
    # … and by phone and network: so many hits get through when others have used up what is above for all
    "request-look-own": ((3, DAY),),
    # sign-ins of staff that failed, by address and network, once strangers have locked the address
    "staff-reserve": ((2, DAY),),
    # passkeys added, by resident: each is told of by a letter
    "passkey": ((20, DAY),),
    # links of MAX begun, by resident: each is told of by a letter or an SMS
    "max-link": ((10, DAY),),
    # proofs by a contact of MAX begun, by code, whose id one browser knows: strangers use up none of others
    "max-contact": ((10, HOUR),),
    # codes by MAX, by phone
    "max-phone": ((5, HOUR), (15, DAY)),
    # letters with a code, by phone
    "mail-phone": ((3, HOUR), (10, DAY)),
    # confirmation e-mails, by resident
    "email-link": ((3, HOUR), (10, DAY)),
    # letters to a mailbox that nobody proved to be theirs
    "unproved-mail": ((10, DAY),),
}


def limits_of(kind: str) -> tuple[Limit, ...]:
    """The limits of a kind, each (attempts, seconds). Raises KeyError for a kind that has none."""
    global _kept
    if _kept[0] is not settings():
        _kept = settings(), _limits(settings())
    return _kept[1][kind]


def _limits(s: Settings) -> dict[str, tuple[Limit, ...]]:
    return {
        **FIXED,
        # by phone, client network, everybody
        "sms-phone": ((s.sms_per_phone_day, DAY),),
        "sms-ip": ((s.sms_per_ip_hour, HOUR), (s.sms_per_ip_day, DAY)),
        # … by a client network whose browsers do a proof of work for each
        "sms-ip-proved": ((s.sms_per_ip_hour * BEYOND, HOUR), (s.sms_per_ip_day * BEYOND, DAY)),
        "sms-all": ((s.sms_global_hour, HOUR), (s.sms_global_day, DAY)),
        "call-phone": ((s.calls_per_phone_day, DAY),),
        "call-ip": ((s.calls_per_ip_hour, HOUR),),
        "call-all": ((s.calls_global_day, DAY),),
        # codes typed wrongly, by phone
        "wrong-code": ((s.code_wrong_per_phone_day, DAY),),
        # wrong passwords, by client network; those of one account lock it: see `login`
        "login-ip": ((s.login_ip_minute, MINUTE), (s.login_ip_hour, HOUR)),
        # answers of passkeys that were wrong, by client network: nobody guesses keys, but judging costs
        "passkey-ip": ((s.login_ip_minute, MINUTE), (s.login_ip_hour, HOUR)),
        # account look-ups that missed, by phone, account number, client network
        "lookup-phone": ((s.lookup_per_user_hour, HOUR), (s.lookup_per_user_day, DAY)),
        "lookup-account": ((s.lookup_per_account_day, DAY),),
        "lookup-ip": ((s.lookup_per_ip_hour, HOUR),),
        # connection requests, by phone, client network
        "request-phone": ((s.request_per_phone_day, DAY),),
        "request-ip": ((s.request_per_ip_hour, HOUR),),
    }


_kept: tuple[Settings | None, dict[str, tuple[Limit, ...]]] = (None, {})


def left_and_wait_of(kind: str, subject: str) -> tuple[int, int]:
    """How many attempts of a kind the subject has now, and the seconds until it has one; 0 if it has."""
    moment, limits = now(), limits_of(kind)
    since = [moment - timedelta(seconds=seconds) for _most, seconds in limits]
    answers = Attempt.ask(
        *(count_since(kind, subject, begin) for begin in since), *blocking(kind, subject, limits, moment)
    )
    counts, blocked_by = answers[: len(limits)], answers[len(limits) :]
    left = min(most - count for (most, _seconds), count in zip(limits, counts, strict=True))
    return max(0, left), longest_wait(blocked_by, limits, moment)


def take(kind: str, subject: str, extra: int = 0) -> None:
    """Count one attempt of a kind that is declared here; `extra` more are allowed to this subject.

    Raises TooManyError at a limit; the refused attempt is not counted.
    """
    wait = Attempt.take(kind, subject, *((most + extra, seconds) for most, seconds in limits_of(kind)))
    if wait:
        raise TooManyError(wait, kind)


def take_all(counted: tuple[tuple[str, str], ...]) -> None:
    """Count one attempt of each (kind, subject), or none: raises TooManyError at a limit of any."""
    with transaction():
        if refusal := _longest(_waits(counted)):
            raise refusal
        Attempt.add(*counted)


def _waits(counted: tuple[tuple[str, str], ...]) -> dict[tuple[str, str], int]:
    """The seconds that each (kind, subject) has to wait, which nobody changes until the transaction ends."""
    lock_names(*(f"{kind}:{subject}" for kind, subject in counted))
    waits = Attempt.waits(*((kind, subject, limits_of(kind)) for kind, subject in counted))
    return dict(zip(counted, waits, strict=True))


def _longest(waits: dict[tuple[str, str], int]) -> TooManyError | None:
    """The refusal by the limit that asks to wait longest; None where all allow one more."""
    (kind, _subject), wait = max(waits.items(), key=lambda one: one[1])
    return TooManyError(wait, kind) if wait else None


@dataclass(frozen=True)
class LookUp:
    """A look-up that is counted already. `full` is the limit that strangers had used up, if any."""

    counted: tuple[int, ...]  # ids of the attempts
    full: TooManyError | None

    @classmethod
    def begin(
        cls,
        own: tuple[tuple[str, str], ...],
        shared: tuple[tuple[str, str], ...],
        reserve: tuple[str, str] | None = None,
    ) -> "LookUp":
        """Count by what the asker alone uses up (`own`) and by what strangers may use up too (`shared`).

        Where the shared ones are used up, only a hit is answered, so that nobody is shut out by others and
        guesses are few: as many as `own` allows, and the `reserve`, which counts every miss of the asker.
        Raises TooManyError.
        """
        kept = (reserve,) if reserve else ()
        with transaction():
            waits = _waits((*own, *shared, *kept))
            if refusal := _longest({one: waits[one] for one in own}):
                raise refusal
            left, full = not any(waits[one] for one in kept), _longest({one: waits[one] for one in shared})
            if full and not left:
                raise full
            counted = Attempt.add(*own, *(kept if left else ()), *(() if full else shared))
        return cls(counted, full)

    def end(self, found: bool) -> None:
        """Count no hit. Raises TooManyError for a miss that no limit of strangers had allowed."""
        if found:
            Attempt.forget(self.counted)
        elif self.full:
            raise self.full


def give_back_all(counted: tuple[tuple[str, str], ...]) -> None:
    """Take back the attempts of `take_all`: what was tried turned out not to be a failure."""
    Attempt.give_back_all(*counted)
