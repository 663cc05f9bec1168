"""What the cabinet needs of others: gateways, mail, webhooks, Redis, and the time."""

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from cabinet.delivery import gateways
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.gateway import Gateway
from cabinet.delivery.mail import SmtpMailer
from cabinet.doctor.finding import Finding, judged, note, ok, wrong
from cabinet.models.clock import SMALL
from cabinet.models.clock import clock as ours
from config import Settings
from config_check import problems

TIMEOUT = 5  # seconds
CLOCK_TOLERANCE = 5  # seconds
CLOCK_CURE = "synchronise the clock of this host: apt-get install chrony"


def findings(s: Settings) -> Iterator[Finding]:
    """Whether each of them answers."""
    yield from _set_clock()
    if problems(s):
        return  # with these settings nobody is asked
    for gateway in gateways.every(s):
        yield from _gateway(gateway)
    if s.mail_backend == "smtp":
        yield _mail(s)
    for address in sorted({one.rpartition("=")[2] if "=http" in one else one for one in s.staff_webhooks}):
        yield _webhook(address)
    if s.redis_url:
        yield _redis(s.redis_url)


def clock(theirs: float, whose: str) -> Finding:
    """How far our clock is from another one, in Unix time."""
    apart = abs(time.time() - theirs)
    return judged(apart <= CLOCK_TOLERANCE, f"clock differs by {apart:.0f} s from {whose}", CLOCK_CURE)


def _set_clock() -> Iterator[Finding]:
    """What `cabinet.models.clock` holds against a host's clock that somebody set."""
    if abs(apart := ours.ahead()) > SMALL:
        yield note(
            f"the host's clock was set by {-apart:+.0f} s; the cabinet's own follows slowly",
            "see that the host's is right (chronyc tracking); the cabinet's comes a second nearer in twenty",
        )


def reached(address: str) -> requests.Response:
    """The answer of whoever is at this address, whatever it says. Raises requests.RequestException."""
    return requests.head(address, timeout=TIMEOUT, allow_redirects=False)


def _gateway(gateway: Gateway) -> Iterator[Finding]:
    """The money left where a gateway says so, else whether it is there; and its clock."""
    left = None
    try:
        left = gateway.balance()
    except (RefusedError, UnavailableError) as failure:
        yield wrong(
            f"gateway {gateway.name}: {failure.reason}",
            f"check the settings {gateway.name.upper()}_…, the account there, and the firewall",
        )
    else:
        if left is not None:
            text = f"gateway {gateway.name} has {left / 100:.2f} roubles left"
            yield judged(left > 0, text, "pay it in: no code arrives without")
    if not gateway.address:
        return
    try:
        answer = reached(_root(gateway.address))
    except requests.RequestException as error:
        if left is None:
            yield wrong(
                f"gateway {gateway.name} is out of reach: {type(error).__name__}",
                "let this host open connections to it (firewall, DNS, certificates of the system)",
            )
        return
    if left is None:
        yield ok(f"gateway {gateway.name} answers")
    if date := answer.headers.get("Date"):
        yield clock(parsedate_to_datetime(date).timestamp(), f"that of {gateway.name}")


def _root(address: str) -> str:
    url = urlsplit(address)
    return f"{url.scheme}://{url.netloc}/"


def _mail(s: Settings) -> Finding:
    mailer = SmtpMailer(s)
    try:
        mailer.check()
    except (RefusedError, UnavailableError) as failure:
        return wrong(
            f"mail server {mailer.host}:{mailer.port}: {failure.reason}",
            "check host, port, user and password in SMTP_URL, and that this host may reach it",
        )
    return ok(f"mail server {mailer.host}:{mailer.port} lets us in")


def _webhook(address: str) -> Finding:
    """Nothing is posted: whether its host answers is all that can be known without an event."""
    host = urlsplit(address).hostname
    try:
        reached(_root(address))
    except requests.RequestException as error:
        return wrong(
            f"webhook at {host}: {type(error).__name__}", "check the address, DNS and its certificate"
        )
    return ok(f"webhook at {host} is within reach")


def _redis(url: str) -> Finding:
    import redis  # large, and most do without

    try:
        with redis.Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT) as client:
            client.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        return wrong(
            f"Redis does not answer: {type(error).__name__}",
            "start it or correct REDIS_URL; until then each process counts by itself",
        )
    return ok("Redis answers")
