"""Processes as they are served for real, and ways to end them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import ROOT, Settings
from tests.servers import by_smtp, mailbox  # noqa: F401

Start = Callable[..., "subprocess.Popen[bytes]"]


def environment(settings: Settings) -> dict[str, str]:
    """The environment by which a process gets these settings."""
    names = (
        "database_url",
        "secret_key",
        "password_pepper",
        "public_url",
        "mail_backend",
        "smtp_url",
        "mail_from",
        "sms_backend",
        "twilio_account_sid",
        "twilio_auth_token",
        "twilio_from",
        "twilio_api_url",
        "staff_webhook_secret",
    )
    chosen = {name.upper(): str(getattr(settings, name)) for name in names}
    receivers = {
        "STAFF_EMAILS": " ".join(settings.staff_emails),
        "STAFF_WEBHOOKS": " ".join(settings.staff_webhooks),
    }
    return {**os.environ, **chosen, **receivers, "DEMO": "1"}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `flask --app wsgi …`, or by "serve" the web server; what still runs after the test is killed."""
    running: list[subprocess.Popen[bytes]] = []
    with open(tmp_path / "processes.log", "wb") as log:

        def begin(settings: Settings, *command: str) -> "subprocess.Popen[bytes]":
            module = ["cabinet.serve"] if command == ("serve",) else ["flask", "--app", "wsgi", *command]
            process = subprocess.Popen(
                [sys.executable, "-m", *module],
                cwd=ROOT,
                env=environment(settings),
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that `kill` reaches the server's own processes, too
            )
            running.append(process)
            return process

        yield begin
        for process in running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def kill(process: "subprocess.Popen[bytes]") -> None:
    """kill -9, and wait until it is gone."""
    assert process.poll() is None, f"it ended by itself with {process.returncode}"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
