"""The settings: those that prevent a start, and those that are allowed but risky."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from cabinet.delivery.fan_out import chosen, event_kinds
from cabinet.doctor.finding import Finding, judged, note, ok, wrong
from cabinet.models.base import now
from cabinet.models.database import is_sqlite
from config import Settings
from config_check import problems

ENCRYPTED = {"require", "verify-ca", "verify-full"}
OWN_MACHINE = {None, "localhost", "127.0.0.1", "::1"}
SHORTEST_TOKEN = 20  # characters
MONTH_BEFORE = timedelta(days=31)  # the decree of a year is out in the autumn before


def findings(s: Settings) -> Iterator[Finding]:
    """What the settings themselves say."""
    forbidding = problems(s)
    yield from (
        wrong(problem, "set it in the environment or .env; nothing starts before") for problem in forbidding
    )
    if not forbidding:
        yield ok("settings" + (" (demonstration)" if s.demo else ""))
    receivers = s.staff_emails + s.staff_webhooks
    if receivers:
        lost = [kind for kind in event_kinds() if not chosen(receivers, kind)]
        yield judged(
            not lost,
            f"events without a receiver: {', '.join(lost) or 'none'}",
            "name these kinds in STAFF_EMAILS or STAFF_WEBHOOKS, or add an address without kinds",
        )
    if s.secure:
        yield judged(
            s.trusted_proxies > 0,
            f"proxies in front: {s.trusted_proxies}",
            "what terminates TLS is a proxy: set TRUSTED_PROXIES=1, or every form is refused",
        )
    yield from _risky(s)
    year = (now() + MONTH_BEFORE).year
    if s.secure and not any(f"{year}-" in moved for moved in s.days_off_moved):
        yield note(
            f"days off that the government moves in {year} are not known",
            "add the decree's to DAYS_OFF_MOVED, such as 2026-01-04>2026-12-31: terms count working days",
        )


def _risky(s: Settings) -> Iterator[Finding]:
    if s.host not in OWN_MACHINE and s.trusted_proxies:
        yield note(
            f"the web server listens on {s.host} and believes X-Forwarded-For",
            f"let only the proxy reach port {s.port} (firewall), or set HOST=127.0.0.1",
        )
    budgets = (s.sms_day_segments, s.sms_day_roubles, s.sms_month_segments, s.sms_month_roubles)
    if s.secure and not any(budgets):
        yield note(
            "nothing limits what SMS to residents may cost",
            "set a budget, such as SMS_DAY_SEGMENTS: SMS_GLOBAL_DAY is for newcomers alone",
        )
    if s.log_level == "DEBUG":
        yield note("LOG_LEVEL=DEBUG fills the disk", "set LOG_LEVEL=INFO")
    if s.secret_key_fallbacks:
        yield note(
            "SECRET_KEY_FALLBACKS: an earlier key is still good",
            "run flask --app wsgi staff rotate, and a day after the new SECRET_KEY remove it",
        )
    insecure = [origin for origin in s.frame_ancestors if origin.startswith("http:")]
    if insecure and not s.demo:
        yield note(f"sites without TLS may embed the cabinet: {', '.join(insecure)}", "name them by https://")
    if s.sentry_dsn:
        yield ok(f"unexpected errors are told to Sentry at {urlsplit(s.sentry_dsn).hostname}")
    if s.metrics_token and len(s.metrics_token) < SHORTEST_TOKEN:
        yield note("METRICS_TOKEN is short", f"take {SHORTEST_TOKEN} random characters or more")
    url = urlsplit(s.database_url)
    mode = parse_qs(url.query).get("sslmode", [""])[0]
    if not is_sqlite() and url.hostname not in OWN_MACHINE and mode not in ENCRYPTED:
        yield note(
            f"passwords and personal data may go to {url.hostname} unencrypted",
            "add ?sslmode=verify-full (or require) to DATABASE_URL",
        )
    if not is_sqlite() and not s.redis_url:
        yield ok("each process counts the outer limit by itself; with several hosts set REDIS_URL")
