"""Letters by a real SMTP server that takes, refuses, stalls and cuts."""

import dataclasses
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from peewee import Database

from cabinet.delivery import mail
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.message_texts import Email
from cabinet.models import InboxItem, Message
from cabinet.models.base import now
from cabinet.worker.loop import Worker
from config import Settings
from tests.messages import again, fresh, pause
from tests.ports import free_port
from tests.servers import Mailbox

LETTER = Email("Тема", "Текст\n", "<p>Текст</p>")


def envelope(to: str = "staff@example.org") -> mail.Envelope:
    return mail.Envelope(to, "id-1", now())


def test_letter_arrives_whole(by_smtp: Settings, mailbox: Mailbox, enqueue: Callable[..., Message]) -> None:
    message = enqueue()
    Worker(by_smtp).drain()
    [letter] = mailbox.letters
    assert mailbox.recipients == ["staff@example.org"]
    assert letter["To"] == "staff@example.org"
    assert letter["From"].addresses[0].display_name == "Домопульт"
    assert letter["From"].addresses[0].addr_spec == "cabinet@example.org"
    assert letter["Message-ID"] == f"<{message.id}@localhost>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime.replace(tzinfo=None) == message.created_at.replace(microsecond=0)
    assert "00 1234-5" in letter["Subject"]
    plain, html = letter.iter_parts()
    assert "Ёлкина-Ли" in plain.get_content()
    assert "</h1>" in html.get_content()
    sent = fresh(message)
    assert sent.sent_at and sent.due_at is None and sent.error == ""


def test_temporary_refusal_is_tried_again(
    by_smtp: Settings, mailbox: Mailbox, enqueue: Callable[..., Message]
) -> None:
    mailbox.answers = {"RCPT": ["451 4.7.1 greylisted anna@example.ru"], "DATA": ["452 4.3.1 full"]}
    message = enqueue()
    for reason in ("SMTP 451 4.7.1", "SMTP 452 4.3.1"):
        failed = again(by_smtp, message)
        assert failed.error == reason
        assert pause(failed) > 0
        assert failed.dead_at is None
    assert again(by_smtp, message).sent_at
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_permanent_refusal_is_dead_with_the_reason(
    by_smtp: Settings, mailbox: Mailbox, enqueue: Callable[..., Message], command: str
) -> None:
    mailbox.answers = {command: ["550 5.1.1 no such user staff@example.org"]}
    dead = again(by_smtp, enqueue())
    assert dead.dead_at and dead.due_at is None
    assert dead.error == "SMTP 550 5.1.1"
    assert mailbox.letters == []


def test_refused_sender_waits_for_somebody_to_mend_the_settings(
    by_smtp: Settings, mailbox: Mailbox, enqueue: Callable[..., Message]
) -> None:
    mailbox.answers = {"MAIL": ["553 5.7.1 sender not allowed"]}
    failed = again(by_smtp, enqueue())
    assert failed.dead_at is None
    assert failed.error == "SMTP 553 5.7.1"


def test_silent_server_is_given_up_and_tried_again(
    by_smtp: Settings, mailbox: Mailbox, enqueue: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "READ_TIMEOUT", 0.3)
    mailbox.stall = True
    message = enqueue()
    failed = again(by_smtp, message)
    assert failed.dead_at is None and failed.error.startswith("SMTP: ")
    mailbox.stall = False
    assert again(by_smtp, message).sent_at


def test_late_answer_after_acceptance_gives_duplicates_of_one_id(
    by_smtp: Settings, mailbox: Mailbox, enqueue: Callable[..., Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "READ_TIMEOUT", 0.3)
    mailbox.late = 30.0
    message = enqueue()
    failed = again(by_smtp, message)
    assert (failed.sent_at, failed.dead_at, failed.failures) == (None, None, 0)
    mailbox.late = 0.0
    assert again(by_smtp, message).sent_at
    assert [letter["Message-ID"] for letter in mailbox.letters] == [f"<{message.id}@localhost>"] * 2


def test_slow_server_is_given_up_as_a_whole(
    by_smtp: Settings, mailbox: Mailbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "WHOLE_TIMEOUT", 0.0)
    with pytest.raises(UnavailableError):
        mail.SmtpMailer(by_smtp).send(envelope(), LETTER)
    assert mailbox.letters == []


def test_answer_lost_after_acceptance_gives_duplicates_of_one_id(
    by_smtp: Settings, mailbox: Mailbox, enqueue: Callable[..., Message]
) -> None:
    mailbox.cut = True
    message = enqueue()
    assert again(by_smtp, message).sent_at is None
    mailbox.cut = False
    assert again(by_smtp, message).sent_at
    assert [letter["Message-ID"] for letter in mailbox.letters] == [f"<{message.id}@localhost>"] * 2


def test_without_a_server_a_letter_is_tried_again(
    settings: Settings, enqueue: Callable[..., Message]
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"smtp://127.0.0.1:{nobody.getsockname()[1]}"
        nowhere = dataclasses.replace(settings, mail_backend="smtp", smtp_url=url)
        failed = again(nowhere, enqueue())
    assert failed.error == "SMTP: ConnectionRefusedError"
    assert pause(failed) > 0


@pytest.mark.parametrize(
    "to", ["", "a", "a@b@c", "a@x.ru, b@y.ru", "a@x.ru\r\nBcc: b@y.ru", "<a@x.ru>", "a@x.ru b", "@x.ru"]
)
def test_what_is_no_address_is_refused(by_smtp: Settings, mailbox: Mailbox, to: str) -> None:
    with pytest.raises(RefusedError):
        mail.SmtpMailer(by_smtp).send(envelope(to), LETTER)
    assert mailbox.letters == []


def test_subject_cannot_bring_headers(by_smtp: Settings, mailbox: Mailbox) -> None:
    mail.SmtpMailer(by_smtp).send(envelope(), Email("a\r\nBcc: b@y.ru", "t", ""))
    [letter] = mailbox.letters
    assert letter["Bcc"] is None
    assert letter["Subject"] == "a Bcc: b@y.ru"
    assert not letter.is_multipart()


def test_password_is_not_sent_unencrypted(
    by_smtp: Settings, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "_loopback", lambda host: False)
    url = mailbox.url.replace("smtp://", "smtp://user:secret@")
    with pytest.raises(UnavailableError, match="no STARTTLS"):
        mail.SmtpMailer(dataclasses.replace(by_smtp, smtp_url=url)).send(envelope(), LETTER)
    mail.SmtpMailer(by_smtp).send(envelope(), LETTER)  # nothing secret: allowed
    assert len(mailbox.letters) == 1


def test_log_in_that_the_server_does_not_take(by_smtp: Settings, mailbox: Mailbox) -> None:
    url = mailbox.url.replace("smtp://", "smtp://user:secret@")
    with pytest.raises(UnavailableError, match="log-in"):
        mail.SmtpMailer(dataclasses.replace(by_smtp, smtp_url=url)).send(envelope(), LETTER)


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """A server's TLS for localhost, by a self-signed certificate in cert.pem."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    options = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    options += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *options], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_tls_is_used_and_the_certificate_checked(
    settings: Settings,
    certificate: ssl.SSLContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
) -> None:
    monkeypatch.setattr(mail, "_loopback", lambda host: False)
    box = Mailbox()
    tls = (
        {"ssl_context": certificate}
        if scheme == "smtps"
        else {"tls_context": certificate, "require_starttls": True}
    )
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **tls)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    controller.start()
    try:
        url = f"{scheme}://localhost:{controller.port}"
        sender = mail.SmtpMailer(dataclasses.replace(settings, mail_backend="smtp", smtp_url=url))
        sender.send(envelope(), LETTER)
        assert len(box.letters) == 1
        monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
        with pytest.raises(UnavailableError, match="SSLCertVerificationError"):
            sender.send(envelope(), LETTER)
        assert len(box.letters) == 1
    finally:
        controller.stop()


def test_inbox_of_the_demonstration(settings: Settings, enqueue: Callable[..., Message]) -> None:
    assert again(settings, enqueue()).sent_at
    [item] = InboxItem.select()
    assert (item.kind, item.to) == ("mail", "staff@example.org")
    assert "Ёлкина-Ли" in item.text and "Ёлкина-Ли" in item.html
