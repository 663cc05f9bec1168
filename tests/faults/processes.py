"""Processes as they are served for real, and how they are killed."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from config import Settings

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


def can_be_stopped(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it has come so far that SIGTERM asks it to end, instead of ending it."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) & 1 << signal.SIGTERM - 1)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """kill -9, and wait until it is gone."""
    assert process.poll() is None, f"it ended by itself with {process.returncode}"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
