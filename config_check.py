"""Checks the settings before a start, and says in a sentence each what is wrong."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from config import DEMO_PEPPER, DEMO_SECRET, Settings

ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:([0-9]+|\*))?")
SECRET_LENGTH, PEPPER_LENGTH = 32, 16  # characters
LOWEST_BCRYPT_COST = 10


def problems(settings: Settings) -> list[str]:
    """A sentence for each setting that is wrong or missing; empty when all is well.

    The demonstration and the tests need no secrets, gateways or receivers.
    """
    checks = [_choices, _ages, _embedding, _inns]
    if not (settings.demo or settings.testing):
        checks += [_secrets, _public_url, _sms, _mail, _people]
    return [sentence for check in checks for sentence in check(settings)]


def _choices(s: Settings) -> Iterator[str]:
    from cabinet.delivery import gateways  # the server's parent process does without

    if s.cookie_mode not in ("same-site", "cross-site"):
        yield "COOKIE_MODE must be same-site or cross-site"
    unknown = [name for name in gateways.order(s) if name not in gateways.names()]
    if unknown:
        known = ", ".join(gateways.names())
        yield f"{_sms_setting(s)} names {', '.join(unknown)}, which is none of the gateways: {known}"
    if not s.code_channels or s.code_channels[0] != "sms" or set(s.code_channels) - {"sms", "call"}:
        yield "CODE_CHANNELS must be sms, or sms call"
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


def _inns(s: Settings) -> Iterator[str]:
    for inn in s.receipt_inns:
        if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", inn):
            yield f"RECEIPT_INNS: {inn} is not an INN of 10 or 12 digits"


def _secrets(s: Settings) -> Iterator[str]:
    if len(s.secret_key) < SECRET_LENGTH or s.secret_key == DEMO_SECRET:
        yield f"SECRET_KEY must be random text of at least {SECRET_LENGTH} characters"
    if len(s.password_pepper) < PEPPER_LENGTH or s.password_pepper == DEMO_PEPPER:
        yield f"PASSWORD_PEPPER must be random text of at least {PEPPER_LENGTH} characters"
    if s.bcrypt_cost < LOWEST_BCRYPT_COST:
        yield f"BCRYPT_COST must be at least {LOWEST_BCRYPT_COST}"


def _public_url(s: Settings) -> Iterator[str]:
    url = urlsplit(s.public_url)
    if url.scheme != "https" or not url.hostname or url.path:
        yield "PUBLIC_URL must be the https address of the cabinet, such as https://lk.example.ru"


def _sms(s: Settings) -> Iterator[str]:
    from cabinet.delivery import gateways

    if "inbox" in gateways.order(s):
        real = " or ".join(name for name in gateways.names() if name != "inbox")
        yield f"{_sms_setting(s)}=inbox is for the demonstration only: set SMS_BACKEND={real}"
    for name in gateways.order(s):
        if name in gateways.names():
            yield from (f"{need} is required with the gateway {name}" for need in gateways.missing(name, s))


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
    if not s.support_phone:
        yield "SUPPORT_PHONE is required: residents are told to call it"
