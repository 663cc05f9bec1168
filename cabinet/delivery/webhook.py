"""Webhooks: events for the staff's own systems as signed JSON; docs/webhooks.md is for their authors."""

import hashlib
import hmac
import json
import time
from datetime import datetime
from typing import Any

import requests
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema

from cabinet.delivery.deadline import DeadlineAdapter
from cabinet.delivery.envelope import envelope
from cabinet.delivery.errors import RefusedError, UnavailableError, seconds_to_wait
from config import Settings

TIMEOUTS = (3.0, 10.0)  # seconds to connect, to wait for each part of the answer
WHOLE_TIMEOUT = 40.0  # less than a message's lease, so that nobody else sends it meanwhile


class Webhook:
    """Posts events; every address gets the same body, signed at the moment it is sent."""

    def __init__(self, settings: Settings) -> None:
        self.secret = settings.staff_webhook_secret.encode()
        self.next_secret = settings.staff_webhook_secret_next.encode()
        self.session = requests.Session()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, DeadlineAdapter(WHOLE_TIMEOUT))

    def send(self, url: str, event_id: str, event: str, created_at: datetime, data: dict[str, Any]) -> None:
        """Post one event; any 2xx is success. Raises RefusedError or UnavailableError."""
        if not self.secret:
            raise RefusedError("STAFF_WEBHOOK_SECRET is not set")
        body = _body(event_id, event, created_at, data)
        headers = self._headers(event_id, body)
        try:
            with self.session.post(
                url, data=body, headers=headers, timeout=TIMEOUTS, allow_redirects=False, stream=True
            ) as response:  # streamed: the answer's body is never read
                status, retry_after = response.status_code, response.headers.get("Retry-After")
        except (InvalidURL, InvalidSchema, MissingSchema):
            raise RefusedError("not a web address") from None
        except (requests.RequestException, OSError) as error:
            raise UnavailableError(f"webhook: {type(error).__name__}", certain=False) from None
        if status == 429 or status >= 500:
            raise UnavailableError(f"HTTP {status}", seconds_to_wait(retry_after))
        if not 200 <= status < 300:
            raise RefusedError(f"HTTP {status}", by_receiver=True)

    def _headers(self, event_id: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        next_one = signature(self.next_secret, timestamp, body) if self.next_secret else ""
        return {
            **({"X-Cabinet-Signature-Next": "v1=" + next_one} if next_one else {}),
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Cabinet",
            "Idempotency-Key": event_id,
            "X-Cabinet-Timestamp": timestamp,
            "X-Cabinet-Signature": "v1=" + signature(self.secret, timestamp, body),
        }


def _body(event_id: str, event: str, created_at: datetime, data: dict[str, Any]) -> bytes:
    shown = envelope(event_id, event, created_at, data)
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """The HMAC-SHA-256 of `timestamp.body`, in hexadecimal."""
    return hmac.digest(secret, timestamp.encode() + b"." + body, hashlib.sha256).hex()
