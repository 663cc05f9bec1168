"""Processes as they are served for real, and how they are killed."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from config import Settings
from tests.waiting import until

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
        "database_timeout_ms",
        "requests_per_minute",
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
    """kill -9, and wait until it is gone, with the processes that it has begun."""
    assert process.poll() is None, f"it ended by itself with {process.returncode}"
    end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Kill what is left of it. A server's own processes may end after it, and keep the port until then."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: not any(map(_lives, _members(process.pid))), "it does not end")


def _members(group: int) -> list[Path]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(ProcessLookupError):
            if os.getpgid(int(entry.name)) == group:
                found.append(entry)
    return found


def _lives(process: Path) -> bool:
    """Whether one of its threads does, and so holds what it has open; the main one may have ended first."""
    with contextlib.suppress(OSError):
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX" or len(list((process / "task").iterdir())) > 1
    return False
