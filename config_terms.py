"""How long data are kept, by settings that the purge acts by; and how every setting is declared."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any


def setting(default: Any, meaning: str) -> Any:
    """A field with its meaning attached, so that the documentation of settings is generated from it."""
    if isinstance(default, tuple | list | dict):
        return field(default_factory=lambda: type(default)(default), metadata={"meaning": meaning})
    return field(default=default, metadata={"meaning": meaning})


MOVED = ("2026-01-03>2026-01-09", "2026-01-04>2026-12-31")  # decree 1466 of 24 September 2025


def moved_day(text: str) -> tuple[date, date] | None:
    """From which day to which a day off is moved, of `DAYS_OFF_MOVED`; None for what says no two days."""
    days = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})>([0-9]{4}-[0-9]{2}-[0-9]{2})", text)
    try:
        return (date.fromisoformat(days[1]), date.fromisoformat(days[2])) if days else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Terms:
    """How long what is kept, in seconds."""

    deletion_grace: int = setting(2592000, "grace period before a cabinet is deleted")
    events_kept: int = setting(31_536_000, "how long sign-ins and other events of accounts are kept")
    audit_kept: int = setting(94_608_000, "how long the journal of who did and saw what is kept")
    device_lifetime: int = setting(31536000, "how long a browser is remembered as the resident's own")
    drafts_kept: int = setting(604_800, "how long a registration that was never finished is kept")
    codes_kept: int = setting(86400, "how long it is kept that a one-time code was sent, and to whom")
    attempts_kept: int = setting(2_592_000, "how long counted attempts are kept: passwords, codes, look-ups")
    streaks_kept: int = setting(31_536_000, "how long wrong codes in a row at one phone count")
    messages_kept: int = setting(
        2_592_000, "how long messages and events for /api/events are kept once they are sent"
    )
    undelivered_kept: int = setting(7_776_000, "how long messages that could not be delivered are kept")
    tries_kept: int = setting(34_560_000, "how long tries to send SMS are kept, without phone or text")
    requests_kept: int = setting(94_608_000, "how long connection requests are kept once they are closed")
    consents_kept: int = setting(94_608_000, "how long consents are kept on record once they are withdrawn")
    way_back_kept: int = setting(
        1_209_600,
        "how long the holder of a former number can take back a cabinet that was moved away; 0: never",
    )
    phone_changes_kept: int = setting(
        31_536_000, "how long it is kept who asked for another number of a resident, and why"
    )
    data_requests_kept: int = setting(
        94_608_000, "how long it is kept that somebody asked about their data, once it is decided"
    )
    invitations_kept: int = setting(
        31_536_000, "how long an invitation by telephone is kept once its time is over"
    )
    imports_kept: int = setting(
        94_608_000, "how long imports of billing are kept on record, and can be taken back, once they ended"
    )
    checked_files_kept: int = setting(
        604_800, "how long a checked billing file waits for the decision to import it"
    )
