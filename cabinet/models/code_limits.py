"""How often a code may be sent to a phone: by SMS and by call, each way with limits of its own."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cabinet.models import code_streak, spending
from cabinet.models.attempt import (
    DAY,
    EVERYBODY,
    Attempt,
    Limit,
    Question,
    TooManyError,
    blocking,
    count_since,
    network,
    waits_by,
)
from cabinet.models.base import now, settings, stored
from cabinet.models.limits import limits_of
from cabinet.models.locks import lock_names

SENT = ("sms-phone", "call-phone", "max-phone", "mail-phone")  # what the waits between codes count
FREE = ("max", "mail")  # what no budget pays for
_SENT_SINCE = [
    f"SELECT {what} FROM attempt WHERE kind IN {SENT} AND subject = ? AND at > ?"  # noqa: S608 — our own
    for what in ("COUNT(*)", "MAX(at)")
]


class NetworkFullError(TooManyError):
    """Only the limit of the client network is reached: a proof of work is a way on."""


class Counted(NamedTuple):
    """An SMS or a call that was counted: under which kinds and subjects, and the seconds until the next."""

    subjects: list[tuple[str, str]]
    next_wait: int


def count_code(way: str, phone: str, ip: str, known: bool, device: bool, proved: bool = False) -> Counted:
    """Count an SMS or a call by phone, by client network and in total.

    `way` is "sms", "call", "max" or "mail"; the rest is as for `OneTimeCode.send`. Raises TooManyError at any
    limit, StoppedError where no wait helps, SpentError when the company's budget is used up, NetworkFullError
    where a proof of work would help.
    """
    here, origin = f"{phone} {network(ip)}", network(ip)
    others = [] if device else [(f"{way}-ip-proved" if proved else f"{way}-ip", origin)]
    others += [] if known else [(f"{way}-all", EVERYBODY)]
    counted = [(f"{way}-phone", phone), (f"{way}-phone-from", here), *others]
    lock_counted(phone, counted)
    moment, more = now(), settings().sms_per_phone_day_reserved * (2 if device else 1)
    more = more if way not in FREE else 0
    today = stored(moment - timedelta(seconds=DAY))
    extras = (more,) if device else (0, more) if known else (0,)
    limited = [_limited(f"{way}-phone", phone, extra) for extra in extras]
    limited += [_limited(*one) for one in others]
    budgets = [one.question() for one in spending.budgets()] if way not in FREE else []
    wrong, from_here, *answers = Attempt.ask(
        code_streak.length(phone),
        count_since(f"{way}-phone-from", here, today),
        *budgets,
        *_sent_since(phone, today),
        *(question for one in limited for question in blocking(*one, moment)),
    )
    if not device:
        code_streak.check(wrong)
    if budgets:
        spending.check(known, answers[: len(budgets)])
    number, latest, *answers = answers[len(budgets) :]
    if wait := _resend_wait(number, latest, moment):
        raise TooManyError(wait, "code-resend")
    waits = waits_by(answers, limited, moment)
    own, rest = waits[: len(extras)], waits[len(extras) :]
    waits = [own[0 if from_here else -1], *rest]
    kinds = [kind for kind, *_ in limited[len(extras) - 1 :]]
    wait, limit = max(zip(waits, kinds, strict=True))
    if wait:
        blocked = {kind for kind, one in zip(kinds, waits, strict=True) if one}
        raise (NetworkFullError if blocked == {"sms-ip"} else TooManyError)(wait, limit)
    Attempt.add(*counted)
    return Counted(counted, _resend_wait(number + 1, moment, moment))


def may_count_sms(phone: str) -> bool:
    """Whether one more SMS may go to the phone by the limits of the resident's own browsers.

    These alone ask for codes by MAX, which become SMS. Between locks of `lock_counted`.
    """
    most = _limited("sms-phone", phone, settings().sms_per_phone_day_reserved * 2)
    return Attempt.waits(most) == [0]


def lock_counted(phone: str, counted: Iterable[Sequence[str]]) -> None:
    """Lock out who asks for a code of this phone, and who counts the same pairs of kind and subject.

    All at once, for locks are only ordered within one statement: two orders would wait for each other.
    """
    lock_names(*{f"sms-phone:{phone}", *(f"{kind}:{subject}" for kind, subject in counted)})


def _limited(kind: str, subject: str, more: int = 0) -> tuple[str, str, tuple[Limit, ...]]:
    """What is limited, and its limits; `more` are allowed beyond them."""
    return kind, subject, tuple((most + more, seconds) for most, seconds in limits_of(kind))


def resend_wait(phone: str) -> int:
    """Seconds until the next code may go to `phone`; the waits grow with those of the last 24 hours."""
    moment = now()
    number, latest = Attempt.ask(*_sent_since(phone, stored(moment - timedelta(seconds=DAY))))
    return _resend_wait(number, latest, moment)


def _sent_since(phone: str, since: Any) -> list[Question]:
    """How many codes were sent since a `stored` moment, by whatever way, and when the last was."""
    return [(sql, (phone, since)) for sql in _SENT_SINCE]


def _resend_wait(number: int, latest: datetime | None, moment: datetime) -> int:
    """The wait that the answers to `_sent_since` mean."""
    waits = settings().code_resend_waits
    if latest is None or not waits:
        return 0
    wait = waits[min(number, len(waits)) - 1]
    return max(0, int((latest + timedelta(seconds=wait) - moment).total_seconds() + 0.999))
