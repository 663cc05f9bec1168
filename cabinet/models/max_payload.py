"""What the bot is told when it is started: a row's id and a signature, so that the table opens nothing."""

import hmac
import re

from cabinet.models.base import settings
from cabinet.models.signing import accepted

MADE_OF = re.compile(r"[A-Za-z0-9_-]{1,128}")  # MAX passes no longer one on
ID = 22  # characters of an id


def payload(purpose: str, key: str, part: str) -> str:
    """The payload of a row; `part` is what it is bound to."""
    return _payloads(purpose, key, part)[0]


def is_genuine(text: str, purpose: str, key: str, part: str) -> bool:
    """Whether this is the row's payload."""
    return any(hmac.compare_digest(one.encode(), text.encode()) for one in _payloads(purpose, key, part))


def key_in(text: str) -> str:
    """The id of the row that a payload names; empty for what is none.

    Only what our payloads are made of: PostgreSQL refuses a zero character.
    """
    return text[:ID] if MADE_OF.fullmatch(text) else ""


def start_url(payload: str) -> str:
    """Where the bot is started and told the payload."""
    return f"https://max.ru/{settings().gateway_settings['max_bot_name']}?start={payload}"


def _payloads(purpose: str, key: str, part: str) -> list[str]:
    return [f"{key}-{one[:16].hex()}" for one in accepted(purpose, key, part)]
