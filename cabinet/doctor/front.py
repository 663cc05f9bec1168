"""Through the front: what a proxy loses, adds, believes or refuses, seen as a visitor sees it."""

import http.client
import os
import re
import secrets
import socket
import ssl
import time
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

import requests

from cabinet.doctor.finding import Finding, judged, note, ok, wrong
from cabinet.models import WebSession
from cabinet.models.database import db
from config import Settings

TIMEOUT = 30  # seconds
DAYS_LEFT = 14
RECEIPT, BILLING = 32 * 1024 * 1024, 1024 * 1024 * 1024  # bytes that have to pass
FORGED = "203.0.113.77"  # of a network that nobody has
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
ARRIVED = (303, 422)  # refused for its phone, beside its field
SEE = "take over deploy/nginx/cabinet.conf"


class Visit:
    """A visitor with a browser of one's own, by whose name the cabinet's session row is found."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.url, self.settings = url.rstrip("/"), settings
        self.host = urlsplit(url).hostname or ""
        self.port = urlsplit(url).port or (443 if url.startswith("https:") else 80)
        self.agent = f"Cabinet-doctor/{secrets.token_hex(8)}"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = os.environ.get("REQUESTS_CA_BUNDLE", True)
        self.session.headers.update({"User-Agent": self.agent, "Accept-Language": "ru"})

    def get(self, path: str, **headers: str) -> requests.Response:
        """A page. Raises requests.RequestException."""
        return self.session.get(self.url + path, headers=headers, timeout=TIMEOUT, allow_redirects=False)

    def tls(self) -> ssl.SSLContext:
        """Whom we trust."""
        return ssl.create_default_context(cafile=os.environ.get("REQUESTS_CA_BUNDLE"))


def findings(url: str, settings: Settings, version: str) -> Iterator[Finding]:
    """What stands between visitors and this cabinet. The database must be the cabinet's own."""
    visit = Visit(url, settings)
    try:
        if url.startswith("https:"):
            yield _certificate(visit)
        yield _health(visit, version)
        page = visit.get("/")
        yield from _headers(visit, page)
        yield _cookie(visit, page)
        yield from _form(visit, page)
        yield from _sizes(visit)
    except (ssl.SSLError, requests.exceptions.SSLError) as error:
        why = getattr(error, "verify_message", "") or type(error).__name__
        yield wrong(
            f"browsers will not trust {visit.host}: {why}",
            "install a certificate of this name with its whole chain (fullchain.pem), not expired",
        )
    except (requests.RequestException, OSError) as error:
        yield wrong(
            f"{visit.url} does not answer: {type(error).__name__}",
            "check DNS, the firewall and the proxy's log",
        )


def _certificate(visit: Visit) -> Finding:
    with (
        socket.create_connection((visit.host, visit.port), TIMEOUT) as plain,
        visit.tls().wrap_socket(plain, server_hostname=visit.host) as connection,
    ):
        expires = dict(connection.getpeercert() or {}).get("notAfter")
        left = (ssl.cert_time_to_seconds(str(expires)) - time.time()) / 86400
        return judged(
            left > DAYS_LEFT,
            f"certificate valid for {left:.0f} days, {connection.version()}",
            "renew it now, and have it renewed by itself (certbot, acme.sh)",
        )


def _health(visit: Visit, version: str) -> Finding:
    answer = visit.get("/healthz")
    return judged(
        answer.status_code == 200 and answer.text.strip() == f"ok {version}",
        f"/healthz says {answer.status_code} {answer.text.strip()[:40]!r}",
        f"this is not version {version}: see where the proxy leads, and restart the web servers",
    )


def _headers(visit: Visit, page: requests.Response) -> Iterator[Finding]:
    wanted = " ".join(["'self'", *visit.settings.frame_ancestors])
    policies = page.headers.get("Content-Security-Policy", "")
    framed = f"frame-ancestors {wanted}"
    yield judged(
        policies.count("frame-ancestors") == 1 and policies.endswith(framed),
        f"who may embed the cabinet: {wanted}",
        "the proxy must neither remove, add nor change Content-Security-Policy",
    )
    if "X-Frame-Options" in page.headers:
        yield wrong(
            "the proxy adds X-Frame-Options", "remove it: browsers then show no cabinet on the company's site"
        )
    if visit.settings.secure and "Strict-Transport-Security" not in page.headers:
        yield wrong("Strict-Transport-Security is lost", "let the proxy pass on the cabinet's headers")


def _cookie(visit: Visit, page: requests.Response) -> Finding:
    name = "__Host-cabinet" if visit.settings.secure else "cabinet"
    cookie = page.headers.get("Set-Cookie", "")
    needed = [f"{name}=", "HttpOnly", "Path=/", "SameSite="]
    if visit.settings.secure:
        needed.append("Secure")
    if visit.settings.cookie_mode == "cross-site":
        needed += ["SameSite=None", "Partitioned"]
    lost = [part.rstrip("=") for part in needed if part.lower() not in cookie.lower()]
    return judged(
        not lost,
        f"session cookie {name}" + (f" lacks {', '.join(lost)}" if lost else ""),
        "the proxy must not rewrite Set-Cookie (proxy_cookie_path, proxy_cookie_flags), nor cache pages",
    )


def _form(visit: Visit, page: requests.Response) -> Iterator[Finding]:
    """A form that is refused for its phone is one that arrived; its session tells whom the cabinet saw."""
    token = TOKEN.search(page.text)
    if not token:
        yield wrong(
            f"the first page is {page.status_code}, without its form", "see the log of the web server"
        )
        return
    answer = _sent(visit, token[1], **{"X-Forwarded-For": FORGED})
    yield judged(
        answer.status_code in ARRIVED,
        f"a form is answered {answer.status_code}",
        f"the proxy must pass on Host or X-Forwarded-Host as the browser had it; {SEE}",
    )
    if answer.status_code in ARRIVED:
        yield _address(visit)
        forged = _sent(visit, token[1], **{"X-Forwarded-Host": "evil.example"})
        yield judged(
            forged.status_code in ARRIVED,
            "X-Forwarded-Host of visitors is not believed",
            f"the proxy must overwrite X-Forwarded-Host; {SEE}",
        )


def _sent(visit: Visit, token: str, **headers: str) -> requests.Response:
    """The answer to the first form, with a phone that is none."""
    return visit.session.post(
        f"{visit.url}/",
        data={"csrf_token": token, "phone": "1"},
        headers={"Origin": visit.url, "Sec-Fetch-Site": "same-origin", **headers},
        timeout=TIMEOUT,
        allow_redirects=False,
    )


def _address(visit: Visit) -> Finding:
    """As which address the cabinet saw a visitor who claimed to come from elsewhere."""
    with db.connection_context():
        row = WebSession.get_or_none(WebSession.user_agent == visit.agent)
        with db.atomic():
            WebSession.delete().where(WebSession.user_agent == visit.agent).execute()
    if row is None:
        return wrong(
            "the form left no session in this database",
            "web servers and this command need the same DATABASE_URL",
        )
    if row.ip == FORGED:
        return wrong(
            "visitors can choose the address that limits count by",
            f"the outermost proxy must overwrite X-Forwarded-For, and TRUSTED_PROXIES be their number; {SEE}",
        )
    own = _own_address(visit)
    if row.ip != own and (not row.ip or ip_address(row.ip).is_loopback):
        return wrong(
            f"the cabinet sees every visitor as {row.ip or 'nobody'}",
            f"the proxy must set X-Forwarded-For, and TRUSTED_PROXIES be the number of proxies; {SEE}",
        )
    if row.ip != own:
        return note(
            f"the cabinet sees this host as {row.ip}", "if that is a proxy's address, raise TRUSTED_PROXIES"
        )
    return ok(f"the cabinet sees this host as {row.ip}")


def _own_address(visit: Visit) -> str:
    with socket.create_connection((visit.host, visit.port), TIMEOUT) as connection:
        return str(connection.getsockname()[0])


def _sizes(visit: Visit) -> Iterator[Finding]:
    for path, size, name in (
        ("/requests/new", RECEIPT, "receipts"),
        ("/staff/imports", BILLING, "billing files"),
    ):
        yield judged(
            _arrives(visit, path, size),
            f"{name}: a body of {size // 1024 // 1024} MB passes",
            f"raise the proxy's limit of bodies (client_max_body_size) for {path}; {SEE}",
        )


def _arrives(visit: Visit, path: str, size: int) -> bool:
    """Whether a body that is announced, and not sent, is waited for, or refused by the cabinet itself."""
    connection: http.client.HTTPConnection
    if visit.url.startswith("https:"):
        connection = http.client.HTTPSConnection(visit.host, visit.port, timeout=2, context=visit.tls())
    else:
        connection = http.client.HTTPConnection(visit.host, visit.port, timeout=2)
    try:
        connection.putrequest("POST", path)
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status != 413 or answer.getheader("Permissions-Policy") is not None
    except (OSError, http.client.HTTPException):
        return True
    finally:
        connection.close()
