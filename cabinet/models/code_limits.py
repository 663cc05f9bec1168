"""How often a code may be sent to a phone: by SMS and by call, each way with limits of its own."""

from datetime import timedelta

from cabinet.models.attempt import DAY, Attempt, TooManyError, advisory_lock, network
from cabinet.models.base import now, settings
from cabinet.models.limits import take

SENT = ("sms-phone", "call-phone")  # what the waits between codes count


def count_code(way: str, phone: str, ip: str, known: bool, device: bool) -> list[tuple[str, str]]:
    """Count an SMS or a call by phone, by client network and in total; returns what was counted.

    `way` is "sms" or "call"; the rest is as for `OneTimeCode.send`. Raises TooManyError at any limit.
    """
    advisory_lock(f"sms-phone:{phone}")
    wait = resend_wait(phone)
    if wait:
        raise TooManyError(wait)
    here = f"{phone} {network(ip)}"
    newcomer = known and not Attempt.count(f"{way}-phone-from", here, DAY)
    take(f"{way}-phone", phone, extra=settings().sms_per_phone_day_reserved * (2 if device else newcomer))
    counted = [(f"{way}-phone", phone), (f"{way}-phone-from", here)]
    if not device:
        take(f"{way}-ip", network(ip))
        counted.append((f"{way}-ip", network(ip)))
    if not known:
        take(f"{way}-all", "")
        counted.append((f"{way}-all", ""))
    Attempt.create(kind=f"{way}-phone-from", subject=here)
    return counted


def resend_wait(phone: str) -> int:
    """Seconds until the next code may go to `phone`; the waits grow with those of the last 24 hours."""
    moment, waits = now(), settings().code_resend_waits
    sent = (
        Attempt.select(Attempt.at)
        .where(
            Attempt.kind.in_(SENT),
            Attempt.subject == phone,
            Attempt.at > moment - timedelta(seconds=DAY),
        )
        .order_by(Attempt.at.desc())
    )
    times = [a.at for a in sent]
    if not times or not waits:
        return 0
    wait = waits[min(len(times), len(waits)) - 1]
    return max(0, int((times[0] + timedelta(seconds=wait) - moment).total_seconds() + 0.999))
