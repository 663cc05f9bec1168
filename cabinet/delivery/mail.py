"""Sends e-mail: by SMTP, or to the demonstration's inbox."""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.message_texts import Email, one_line
from cabinet.models import InboxItem
from cabinet.models.database import connected, db
from config import Settings

CONNECT_TIMEOUT = 3.0
READ_TIMEOUT = 10.0
WHOLE_TIMEOUT = 40.0  # less than a message's lease, so that nobody else sends it meanwhile
ENHANCED_CODE = re.compile(rb"^[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True)
class Envelope:
    """The recipient of an e-mail; `ref` and `created_at` (naive UTC) are the same each time it is sent."""

    to: str
    ref: str
    created_at: datetime


class Mailer(Protocol):
    """Sends e-mails through a mail server."""

    def send(self, envelope: Envelope, email: Email) -> None:
        """Send one e-mail. Raises RefusedError if it never can be sent, UnavailableError if it may later."""


class InboxMailer:
    """The demonstration: e-mails are shown at /demo/inbox."""

    def send(self, envelope: Envelope, email: Email) -> None:
        """Put the e-mail into the inbox."""
        with connected(), db.atomic():
            InboxItem.create(
                kind="mail", to=envelope.to, subject=email.subject, text=email.text, html=email.html
            )


class SmtpMailer:
    """SMTP by SMTP_URL: `smtp://` with STARTTLS where it is offered, `smtps://` with TLS from the start.

    Credentials never travel unencrypted, except to the same machine.
    """

    def __init__(self, settings: Settings) -> None:
        url = urlsplit(settings.smtp_url)
        self.implicit_tls = url.scheme == "smtps"
        self.host = url.hostname or "localhost"
        self.port = url.port or (465 if self.implicit_tls else 587 if url.username else 25)
        self.user, self.password = unquote(url.username or ""), unquote(url.password or "")
        name, address = parseaddr(settings.mail_from)
        self.sender = Address(one_line(name or settings.brand_name), addr_spec=address)
        self.domain = urlsplit(settings.public_url).hostname or self.sender.domain

    def check(self) -> None:
        """Connect and log in, and send nothing. Raises as `send` does."""
        with _told():
            server = self._connect()
            server.close()

    def send(self, envelope: Envelope, email: Email) -> None:
        """Send one e-mail over a fresh connection."""
        message = self.compose(envelope, email)
        with _told():
            server = self._connect()
            try:
                server.send_message(message, self.sender.addr_spec, [envelope.to])
                with suppress(OSError, smtplib.SMTPException):
                    server.putcmd("quit")  # accepted already: no need to wait for the answer
            finally:
                server.close()

    def compose(self, envelope: Envelope, email: Email) -> EmailMessage:
        """The e-mail as sent; its Message-ID is the same each time, so duplicates can be recognised."""
        message = EmailMessage(policy=SMTP)
        try:
            message["From"] = self.sender
            message["To"] = Address(addr_spec=envelope.to)
        except (ValueError, IndexError, MessageError):
            raise RefusedError("not an e-mail address") from None
        message["Subject"] = one_line(email.subject)
        message["Date"] = format_datetime(envelope.created_at.replace(tzinfo=UTC))
        message["Message-ID"] = f"<{envelope.ref}@{self.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(email.text)
        if email.html:
            message.add_alternative(email.html, subtype="html")
        return message

    def _connect(self) -> smtplib.SMTP:
        server = _Connection(self.domain, self.implicit_tls)
        try:
            server.begin(self.host, self.port)
            if not self.implicit_tls and not _loopback(self.host):
                server.ehlo_or_helo_if_needed()
                if server.has_extn("starttls"):
                    server.starttls(context=ssl.create_default_context())
                elif self.user:
                    raise UnavailableError("SMTP: the server offers no STARTTLS; the password was not sent")
            if self.user:
                server.login(self.user, self.password)
        except smtplib.SMTPNotSupportedError:
            server.close()
            raise UnavailableError("SMTP: the server does not support log-in") from None
        except BaseException:
            server.close()
            raise
        return server


class _Connection(smtplib.SMTP):
    """An SMTP connection with time-outs for connecting, for each answer and for the whole exchange."""

    def __init__(self, name: str, implicit_tls: bool) -> None:
        self.implicit_tls = implicit_tls
        self.deadline = time.monotonic() + WHOLE_TIMEOUT
        super().__init__(local_hostname=name)

    def begin(self, host: str, port: int) -> None:
        """Connect and read the greeting, which must be 220."""
        self._host = host  # TLS checks the certificate against this name
        code, text = self.connect(host, port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        connection = socket.create_connection((host, port), CONNECT_TIMEOUT)
        connection.settimeout(READ_TIMEOUT)
        if self.implicit_tls:
            return ssl.create_default_context().wrap_socket(connection, server_hostname=host)
        return connection

    def getreply(self) -> tuple[int, bytes]:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if self.sock:
            self.sock.settimeout(min(READ_TIMEOUT, left))
        return super().getreply()


@contextmanager
def _told() -> Iterator[None]:
    """Translate what goes wrong inside the block."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _answer(*next(iter(error.recipients.values())), of_letter=True) from None
    except smtplib.SMTPDataError as error:
        raise _answer(error.smtp_code, error.smtp_error, of_letter=True) from None
    except smtplib.SMTPResponseException as error:  # greeting, log-in, sender: ours to fix, so retry
        raise _answer(error.smtp_code, error.smtp_error, of_letter=False) from None
    except smtplib.SMTPNotSupportedError:
        raise RefusedError("SMTP: the server cannot take this address") from None
    except (OSError, smtplib.SMTPException) as error:
        raise UnavailableError(f"SMTP: {type(error).__name__}", certain=False) from None


def _answer(code: int, text: bytes | str, of_letter: bool) -> Exception:
    """What a server's refusal means, of one letter or of any.

    Its text may name the address, so only its numbers are kept.
    """
    enhanced = ENHANCED_CODE.match(text if isinstance(text, bytes) else text.encode())
    reason = f"SMTP {code}" + (f" {enhanced[0].decode()}" if enhanced else "")
    if of_letter and code >= 500:
        return RefusedError(reason, by_receiver=True)
    return UnavailableError(reason, alone=of_letter)


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def mailer(settings: Settings) -> Mailer:
    """The mailer that MAIL_BACKEND names."""
    return SmtpMailer(settings) if settings.mail_backend == "smtp" else InboxMailer()
