"""Checks the settings before a start, and says in a sentence each what is wrong."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from config import Settings
from config_terms import moved_day

ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:([0-9]+|\*))?")
SECRET_LENGTH, PEPPER_LENGTH = 32, 16  # characters
LOWEST_BCRYPT_COST, FEWEST_DIFFERENT = 10, 8  # the latter: characters in a secret
KNOWN_WORDS = ("changeme", "change-me", "password", "demo-only", "tests-only", "example")
SENTRY = re.compile(r"https?://[0-9A-Za-z]+@[a-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9_-]+)*/[0-9]+")
CONTACT = re.compile(r"https://[!-~]+|[!-?A-~]+@[!-?A-~]+")
HOME = re.compile(
    r"localhost|[a-z0-9.-]+\.(localhost|local|test)|127(\.[0-9]{1,3}){3}|::1"
    r"|10(\.[0-9]{1,3}){3}|192\.168(\.[0-9]{1,3}){2}|172\.(1[6-9]|2[0-9]|3[01])(\.[0-9]{1,3}){2}"
)
MINUTE, HOUR, DAY = 60, 3600, 86400
BOUNDS = {  # what a limit may be at most, and at least: beyond it guards nothing, or lets nobody in
    "bcrypt_cost": (LOWEST_BCRYPT_COST, 16),
    "password_min_length": (8, 64),
    "password_max_length": (64, 1024),
    "code_lifetime": (MINUTE, HOUR),
    "code_tries": (1, 10),
    "code_wrong_per_phone_day": (1, 100),
    "code_resend_waits": (10, DAY),
    "sms_per_phone_day": (1, 50),
    "sms_per_phone_day_reserved": (0, 50),
    "sms_per_ip_hour": (1, 1000),
    "sms_per_ip_day": (1, 5000),
    "sms_global_hour": (1, 100_000),
    "sms_global_day": (1, 1_000_000),
    **dict.fromkeys(("sms_day_segments", "sms_day_roubles", "sms_balance_low"), (0, 10_000_000)),
    **dict.fromkeys(("sms_month_segments", "sms_month_roubles"), (0, 10_000_000)),
    "login_failures": (1, 20),
    "login_window": (MINUTE, DAY),
    "login_lockouts": (10, DAY),
    "login_reset_after": (HOUR, 30 * DAY),
    "login_ip_minute": (1, 1000),
    "login_ip_hour": (1, 10_000),
    "lookup_per_user_hour": (1, 50),
    "lookup_per_user_day": (1, 100),
    "lookup_per_account_day": (1, 100),
    "lookup_per_ip_hour": (1, 1000),
    "request_per_phone_day": (1, 100),
    "request_per_ip_hour": (1, 1000),
    "request_answer_days": (0, 30),
    "phone_change_lifetime": (HOUR, 30 * DAY),
    "invitation_lifetime": (HOUR, 30 * DAY),
    "session_idle": (MINUTE, DAY),
    "session_absolute": (MINUTE, 7 * DAY),
    "stay_signed_in": (0, 90 * DAY),
    "confirm_after": (0, HOUR),
    "prove_again_after": (0, 5 * 366 * DAY),
    "registration_lifetime": (MINUTE, 7 * DAY),
    "new_password_lifetime": (MINUTE, HOUR),
    "email_link_lifetime": (HOUR, 30 * DAY),
    "deletion_grace": (0, 365 * DAY),
    "events_kept": (30 * DAY, 5 * 366 * DAY),
    "audit_kept": (365 * DAY, 20 * 366 * DAY),
    "device_lifetime": (DAY, 400 * DAY),
    "drafts_kept": (7 * DAY, 90 * DAY),  # no shorter than any registration may take
    "codes_kept": (DAY, 90 * DAY),
    "attempts_kept": (30 * DAY, 366 * DAY),  # no shorter than the longest period in which they count
    "streaks_kept": (30 * DAY, 5 * 366 * DAY),
    "messages_kept": (DAY, 366 * DAY),
    "undelivered_kept": (7 * DAY, 366 * DAY),
    "tries_kept": (31 * DAY, 5 * 366 * DAY),
    "requests_kept": (30 * DAY, 20 * 366 * DAY),
    "way_back_kept": (0, 90 * DAY),
    "phone_changes_kept": (30 * DAY, 5 * 366 * DAY),
    "data_requests_kept": (90 * DAY, 10 * 366 * DAY),
    "invitations_kept": (30 * DAY, 5 * 366 * DAY),
    "consents_kept": (365 * DAY, 20 * 366 * DAY),
    "imports_kept": (30 * DAY, 20 * 366 * DAY),
    "checked_files_kept": (HOUR, 90 * DAY),
    "web_processes": (1, 256),
    "web_threads": (1, 512),
    "database_connections": (5, 512),  # an undo of an import has four at once
    "trusted_proxies": (0, 5),
}


def problems(settings: Settings) -> list[str]:
    """A sentence for each setting that is wrong or missing; empty when all is well.

    The demonstration and the tests need no secrets, gateways or receivers; but the demonstration runs only
    where nobody else reaches it.
    """
    checks = [_choices, _ages, _embedding, _contact, _inns, _pay_url, _prices, _days_off]
    if settings.demo and not settings.testing:
        checks += [_demonstration]
    elif not settings.testing:
        checks += [_secrets, _limits, _public_url, _sms, _mail, _people]
    return [sentence for check in checks for sentence in check(settings)]


def _choices(s: Settings) -> Iterator[str]:
    from cabinet.delivery import gateways  # the server's parent process does without

    if s.log_format not in ("console", "json"):
        yield "LOG_FORMAT must be console or json"
    if s.sentry_dsn and not SENTRY.fullmatch(s.sentry_dsn):
        yield "SENTRY_DSN must be as Sentry shows it, such as https://0123abc@sentry.example.ru/1"
    if s.cookie_mode not in ("same-site", "cross-site"):
        yield "COOKIE_MODE must be same-site or cross-site"
    unknown = [name for name in gateways.order(s) if name not in gateways.names()]
    if unknown:
        known = ", ".join(gateways.names())
        yield f"{_sms_setting(s)} names {', '.join(unknown)}, which is none of the gateways: {known}"
    ways = s.code_channels[s.code_channels[:1] == ("max",) :]
    if ways[:1] != ("sms",) or set(s.code_channels) - {"sms", "call", "email", "max"}:
        yield "CODE_CHANNELS must be sms, then any of call, email and max; or max, then sms"
    elif "max" in s.code_channels and not gateways.by_way(s, "max"):
        yield "CODE_CHANNELS names max, but MAX_BOT_TOKEN, MAX_BOT_NAME or MAX_WEBHOOK_SECRET is not set"
    elif "call" in s.code_channels and not unknown and not any(g.can_call for g in gateways.in_order(s)):
        yield "CODE_CHANNELS names call, but no gateway can call (Twilio needs TWILIO_VOICE_FROM, a number)"
    if s.mail_backend not in ("inbox", "smtp"):
        yield "MAIL_BACKEND must be inbox or smtp"


def _ages(s: Settings) -> Iterator[str]:
    if not 0 <= s.minimum_age <= s.maximum_age:
        yield "MINIMUM_AGE must be between 0 and MAXIMUM_AGE"


def _embedding(s: Settings) -> Iterator[str]:
    for origin in s.frame_ancestors:
        if not ORIGIN.fullmatch(origin):
            yield (
                f"FRAME_ANCESTORS: {origin} is not a valid origin "
                "(expected one such as https://www.example.ru, without a path, in lower case)"
            )


def _contact(s: Settings) -> Iterator[str]:
    if s.security_contact and not CONTACT.fullmatch(s.security_contact):
        yield "SECURITY_CONTACT must be an e-mail, or an address such as https://www.example.ru/security"


def _inns(s: Settings) -> Iterator[str]:
    for inn in s.receipt_inns:
        if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", inn):
            yield f"RECEIPT_INNS: {inn} is not an INN of 10 or 12 digits"


def _days_off(s: Settings) -> Iterator[str]:
    for moved in filter(lambda text: not moved_day(text), s.days_off_moved):
        yield f"DAYS_OFF_MOVED: {moved} is no move (expected one such as 2026-01-04>2026-12-31)"


def _pay_url(s: Settings) -> Iterator[str]:
    address = re.sub(r"\{(account|amount|period)\}", "0", s.pay_url)
    if s.pay_url and not re.fullmatch(r"https://[^\s{}]+", address):
        yield "PAY_URL must be an https address; in braces only {account}, {amount} and {period}"


def _prices(s: Settings) -> Iterator[str]:
    for price in s.sms_prices:
        if not re.fullmatch(r"[a-z]+(/call)?=[0-9]+(\.[0-9]+)?", price):
            yield f"SMS_PRICES: {price} is no price (expected one such as smsaero=3.50 or twilio/call=12)"


def _secrets(s: Settings) -> Iterator[str]:
    if _guessable(s.secret_key, SECRET_LENGTH):
        yield f"SECRET_KEY must be random text of at least {SECRET_LENGTH} characters"
    if any(_guessable(key, SECRET_LENGTH) or key == s.secret_key for key in s.secret_key_fallbacks):
        yield (
            "SECRET_KEY_FALLBACKS must be earlier keys, separated by spaces, each of at least "
            f"{SECRET_LENGTH} characters and none the present one"
        )
    if _guessable(s.password_pepper, PEPPER_LENGTH):
        yield f"PASSWORD_PEPPER must be random text of at least {PEPPER_LENGTH} characters"
    if s.password_pepper and s.password_pepper in (s.secret_key, s.staff_webhook_secret):
        yield "PASSWORD_PEPPER must differ from the other secrets"
    if s.staff_webhook_secret and s.staff_webhook_secret == s.secret_key:
        yield "STAFF_WEBHOOK_SECRET must differ from SECRET_KEY, which no receiver may know"


def _guessable(secret: str, length: int) -> bool:
    """Whether a secret is too short, known from the demonstration, or repeats a few characters."""
    repeated = bool(secret) and (secret + secret).find(secret, 1) < len(secret)
    known = any(word in secret.lower() for word in KNOWN_WORDS)
    return len(secret) < length or len(set(secret)) < FEWEST_DIFFERENT or repeated or known


def _limits(s: Settings) -> Iterator[str]:
    """Where SMS go to a stand-in for Twilio at home they cost nothing, and load tests raise their caps."""
    free = HOME.fullmatch(urlsplit(s.twilio_api_url).hostname or "")
    for name, (least, most) in BOUNDS.items():
        if free and name.startswith("sms_global"):
            continue
        value = getattr(s, name)
        if not all(least <= one <= most for one in (value if isinstance(value, tuple) else (value,))):
            yield f"{name.upper()} must be between {least} and {most}"


def _demonstration(s: Settings) -> Iterator[str]:
    """A demonstration shows every code to everybody, so it runs nowhere but at home."""
    host = urlsplit(s.public_url).hostname or "localhost"
    if not HOME.fullmatch(host):
        yield f"DEMO=1 shows every code to everybody: not at {s.public_url}, which others reach"


def _public_url(s: Settings) -> Iterator[str]:
    url = urlsplit(s.public_url)
    if url.scheme != "https" or not url.hostname or url.path:
        yield "PUBLIC_URL must be the https address of the cabinet, such as https://lk.example.ru"


def _sms(s: Settings) -> Iterator[str]:
    from cabinet.delivery import gateways
    from cabinet.delivery.gateways.max import problems as wrong_with_max

    if "inbox" in gateways.order(s):
        real = " or ".join(name for name in gateways.names() if name != "inbox")
        yield f"{_sms_setting(s)}=inbox is for the demonstration only: set SMS_BACKEND={real}"
    for name in gateways.order(s):
        if name in gateways.names():
            yield from (f"{need} is required with the gateway {name}" for need in gateways.missing(name, s))
    yield from wrong_with_max(s)


def _sms_setting(s: Settings) -> str:
    return "SMS_GATEWAYS" if s.sms_gateways else "SMS_BACKEND"


def _mail(s: Settings) -> Iterator[str]:
    if s.mail_backend == "inbox":
        yield "MAIL_BACKEND=inbox is for the demonstration only: set MAIL_BACKEND=smtp"
    if s.mail_backend == "smtp":
        if urlsplit(s.smtp_url).scheme not in ("smtp", "smtps"):
            yield "SMTP_URL is required with MAIL_BACKEND=smtp, such as smtp://user:password@host:587"
        if "@" not in s.mail_from:
            yield "MAIL_FROM is required: the address that e-mail is sent from"


def _people(s: Settings) -> Iterator[str]:
    if not s.staff_emails and not s.staff_webhooks:
        yield "STAFF_EMAILS or STAFF_WEBHOOKS is required: staff must receive registrations"
    if s.staff_webhooks and len(s.staff_webhook_secret) < SECRET_LENGTH:
        yield f"STAFF_WEBHOOK_SECRET must have at least {SECRET_LENGTH} characters"
    if s.staff_webhook_secret_next and len(s.staff_webhook_secret_next) < SECRET_LENGTH:
        yield f"STAFF_WEBHOOK_SECRET_NEXT must have at least {SECRET_LENGTH} characters"
    if not s.support_phone:
        yield "SUPPORT_PHONE is required: residents are told to call it"
