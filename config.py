"""Every setting of Cabinet, with its default and meaning; values come from the environment and `.env`.

`Settings.from_env()` reads them once at start; `config_check.problems()` lists what prevents a start.
"""

from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path

from dotenv import load_dotenv

from config_demo import demo_value
from config_terms import MOVED, Terms
from config_terms import setting as _setting
from config_values import UnreadableError, read, refuse, senseless, settings_of

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Settings(Terms):
    """Settings by their names in the environment, in lower case. Durations are seconds."""

    # serving
    host: str = _setting("127.0.0.1", "address the web server listens on; 0.0.0.0: every interface")
    port: int = _setting(8000, "port of the web server")
    public_url: str = _setting("", "address at which browsers reach the cabinet, without a trailing slash")
    secret_key: str = _setting("", "signs sessions and one-time codes; at least 32 characters")
    secret_key_fallbacks: tuple[str, ...] = _setting(
        (), "earlier keys, while SECRET_KEY is being replaced: what they signed is still accepted"
    )
    password_pepper: str = _setting("", "mixed into every password before hashing; never change it")
    database_url: str = _setting("sqlite:///var/cabinet.db", "sqlite:///PATH or postgresql://…")
    database_timeout_ms: int = _setting(
        1500, "how long a page waits for the database before it says so, milliseconds"
    )
    redis_url: str = _setting("", "outer rate limits shared by several hosts; empty: per process")
    web_processes: int = _setting(2, "web server processes")
    web_threads: int = _setting(32, "threads per web process")
    database_connections: int = _setting(10, "PostgreSQL connections of a web process, and of the worker")
    trusted_proxies: int = _setting(0, "number of proxies in front whose X-Forwarded-* headers are trusted")
    demo: bool = _setting(False, "demonstration: /demo, the inbox, demo receipts; never in production")
    testing: bool = _setting(False, "the test suite runs the application; set by code alone")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR")
    log_format: str = _setting("console", "console (text for people) or json (an object a line)")

    # embedding
    frame_ancestors: tuple[str, ...] = _setting(
        (), "sites that may embed the cabinet, such as https://www.example.ru"
    )
    cookie_mode: str = _setting("same-site", "same-site (subdomain of the company's site) or cross-site")

    # brand
    brand_name: str = _setting("Домопульт", "the company's name as residents know it")
    brand_accent: str = _setting("#1f5fd6", "accent colour, #rrggbb")
    support_phone: str = _setting("", "support telephone shown to residents, E.164")
    support_hours: str = _setting("", "when it answers, as residents read it: ежедневно с 8:00 до 20:00")
    security_contact: str = _setting(
        "", "who finds a weakness writes there: address or e-mail; empty: support"
    )

    # SMS
    sms_backend: str = _setting("inbox", "inbox (demonstration), twilio, smsaero, smsc or http")
    sms_gateways: tuple[str, ...] = _setting(
        (), "several of these in order, instead: the next one sends when one cannot"
    )
    gateway_settings: dict[str, str] = field(
        default_factory=dict, metadata={"meaning": "what gateways declare, by name in lower case"}
    )
    twilio_account_sid: str = _setting("", "Twilio account")
    twilio_auth_token: str = _setting("", "Twilio token; also signs status callbacks")
    twilio_auth_token_next: str = _setting("", "the token that will replace it; both are good meanwhile")
    twilio_from: str = _setting("", "sender: number, registered name, or messaging service (MG…)")
    twilio_voice_from: str = _setting("", "number that calls come from; empty: TWILIO_FROM")
    twilio_api_url: str = _setting("", "replaces https://api.twilio.com (tests, proxies)")
    sms_countries: tuple[str, ...] = _setting(("RU",), "countries whose mobile numbers are accepted")
    sms_prices: tuple[str, ...] = _setting(
        (), "roubles of an SMS segment or a call, where a gateway does not say: smsaero=3.5 twilio/call=12"
    )
    sms_day_segments: int = _setting(0, "budget of a day, in segments of SMS and calls; 0: no limit")
    sms_day_roubles: int = _setting(0, "the same in roubles")
    sms_month_segments: int = _setting(0, "budget of a calendar month, in segments of SMS and calls")
    sms_month_roubles: int = _setting(0, "the same in roubles")
    sms_balance_low: int = _setting(500, "roubles left at a gateway at which staff are warned; 0: never")
    sms_bound_line: str = _setting("", "last line of the code SMS, with {code}; empty: a WebOTP line")

    # mail
    mail_backend: str = _setting("inbox", "inbox (demonstration) or smtp")
    smtp_url: str = _setting("", "smtp://user:password@host:587 (STARTTLS) or smtps://…:465")
    mail_from: str = _setting("", "sender of e-mails")

    # staff
    staff_emails: tuple[str, ...] = _setting((), "staff mailboxes: address, or kind+kind=address")
    staff_webhooks: tuple[str, ...] = _setting(
        (), "webhooks: address, or kind+kind=address; receive signed JSON"
    )
    staff_webhook_secret: str = _setting("", "key of the webhooks' HMAC-SHA-256 signature")
    staff_webhook_secret_next: str = _setting(
        "", "the key that will replace it: signs in X-Cabinet-Signature-Next besides"
    )

    # the cabinet
    pay_url: str = _setting(
        "", "where residents pay, https, with {account}, {amount} in roubles, {period}; empty: no «Оплатить»"
    )
    phone_change_lifetime: int = _setting(
        172_800, "how long another number for a lost SIM waits for a second member of staff"
    )
    invitation_lifetime: int = _setting(604_800, "how long an invitation by telephone can be used")
    request_answer_days: int = _setting(
        1, "working days in which a connection request is usually answered; 0: residents are promised nothing"
    )
    days_off_moved: tuple[str, ...] = _setting(MOVED, "days off moved by the yearly decree, FROM>TO")

    # passwords
    bcrypt_cost: int = _setting(12, "bcrypt cost; passwords are rehashed at login when it rises")
    password_min_length: int = _setting(8, "minimum length of a password, in characters")
    password_max_length: int = _setting(128, "maximum length of a password, in characters")
    password_letters: bool = _setting(True, "a password must contain a letter")
    password_digits: bool = _setting(True, "a password must contain a digit")
    password_mixed_case: bool = _setting(False, "a password must contain upper-case and lower-case letters")
    password_common: bool = _setting(True, "common and leaked passwords are refused")
    password_personal: bool = _setting(
        True, "passwords made of phone, name, account or birth date are refused"
    )

    # the outer limit
    requests_per_minute: int = _setting(600, "requests per client network per minute; 0: no limit")

    # one-time codes and their SMS
    code_lifetime: int = _setting(600, "how long a code from an SMS is valid")
    code_tries: int = _setting(5, "guesses per code")
    code_wrong_per_phone_day: int = _setting(25, "wrong codes per phone in 24 hours")
    code_resend_waits: tuple[int, ...] = _setting(
        (60, 180, 300, 600), "waits before the second SMS, the third and so on"
    )
    sms_per_phone_day: int = _setting(5, "code SMS per phone in 24 hours")
    sms_per_phone_day_reserved: int = _setting(2, "additional SMS for new networks, and for known devices")
    sms_per_ip_hour: int = _setting(10, "code SMS per client address in an hour")
    sms_per_ip_day: int = _setting(30, "code SMS per client address in 24 hours")
    sms_global_hour: int = _setting(100, "code SMS in total in an hour; existing residents are exempt")
    sms_global_day: int = _setting(500, "code SMS in total in 24 hours; existing residents are exempt")
    code_channels: tuple[str, ...] = _setting(
        ("sms",),
        "ways of a code: sms; call, where a gateway can; email, if confirmed; max, if linked (or first)",
    )
    calls_per_phone_day: int = _setting(3, "calls that speak a code per phone in 24 hours")
    calls_per_ip_hour: int = _setting(5, "such calls per client address in an hour")
    calls_global_day: int = _setting(100, "such calls in total in 24 hours; existing residents are exempt")

    # login
    login_failures: int = _setting(5, "wrong passwords per account in the window before a lock-out")
    login_window: int = _setting(900, "period in which these failures count")
    login_lockouts: tuple[int, ...] = _setting((60, 120, 240, 480, 900), "lengths of successive lock-outs")
    login_reset_after: int = _setting(43200, "without a lock-out for this long, lengths start over")
    login_ip_minute: int = _setting(10, "wrong passwords per client address in a minute")
    login_ip_hour: int = _setting(100, "wrong passwords per client address in an hour")

    # account look-ups
    lookup_per_user_hour: int = _setting(5, "failed account look-ups per phone in an hour")
    lookup_per_user_day: int = _setting(10, "failed account look-ups per phone in 24 hours")
    lookup_per_account_day: int = _setting(10, "failed look-ups per account number in 24 hours")
    lookup_per_ip_hour: int = _setting(20, "failed account look-ups per client address in an hour")

    # photos of receipts
    receipt_inns: tuple[str, ...] = _setting(
        (), "INNs of the company as its receipts' codes have them; empty: billing alone tells whose a code is"
    )

    # connection requests
    request_per_phone_day: int = _setting(5, "connection requests per phone in 24 hours")
    request_per_ip_hour: int = _setting(10, "connection requests per client address in an hour")
    uploads_folder: str = _setting("var/uploads", "folder for receipts that residents send; back it up")
    imports_folder: str = _setting("var/imports", "folder for billing files until they are imported")

    # sessions
    session_idle: int = _setting(1800, "a session ends after this long without a request")
    session_absolute: int = _setting(43200, "a session ends after this long in any case")
    stay_signed_in: int = _setting(
        2_592_000, "how long «Не выходить на этом устройстве» keeps a resident signed in; 0: not offered"
    )
    confirm_after: int = _setting(
        300, "after a proof of who is here, changes of what signs in ask for none for this long"
    )
    prove_again_after: int = _setting(
        15_552_000,
        "a resident unseen for this long proves a receipt again in an unknown browser: the number may be"
        " another's by now; 0: never",
    )
    registration_lifetime: int = _setting(7200, "how long a registration may take")
    new_password_lifetime: int = _setting(600, "time to set a new password after the recovery code")
    email_link_lifetime: int = _setting(86400, "how long the link that confirms an e-mail address is valid")

    # terms
    minimum_age: int = _setting(14, "minimum age of a resident, years")
    maximum_age: int = _setting(120, "maximum age of a resident, years")

    # monitoring
    metrics_token: str = _setting("", "bearer token for /metrics; empty: /metrics is off")
    sentry_dsn: str = _setting(
        "", "where Sentry is told of unexpected errors, without values; empty: nowhere"
    )

    @classmethod
    def from_env(cls) -> "Settings":
        """Read the environment and `.env`. Raises UnreadableError naming a setting that does not parse.

        TESTING is not read, so no environment can switch off the checks of a production start.
        """
        load_dotenv(ROOT / ".env")  # into the environment: gateways and libraries look there
        values = {f.name: read(f) for f in fields(cls) if f.name not in ("testing", "gateway_settings")}
        named = values["sms_gateways"] or (values["sms_backend"],)
        values["gateway_settings"] = settings_of(named)
        values["public_url"] = values["public_url"].rstrip("/")
        if values["demo"]:
            values = {name: value or demo_value(name, values) for name, value in values.items()}
        return cls(**values)

    @classmethod
    def at_start(cls) -> "Settings":
        """`from_env` of a process, which ends with a sentence where a value makes no sense."""
        try:
            settings = cls.from_env()
        except UnreadableError as error:
            refuse([str(error)])
        if found := list(senseless(settings)):
            refuse(found)
        return settings

    @property
    def secure(self) -> bool:
        """Whether browsers reach the cabinet over https."""
        return self.public_url.startswith("https://")

    @property
    def code_life(self) -> timedelta:
        """Life of a one-time code."""
        return timedelta(seconds=self.code_lifetime)
