"""Webhooks: events for the staff's own systems as signed JSON. The receiver's side: docs/webhooks.md."""

import hashlib
import hmac
import json
import time
from datetime import datetime
from typing import Any

import requests
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema

from cabinet.delivery.outcome import Refused, Unavailable, seconds_to_wait
from config import Settings

VERSION = 1
TIMEOUTS = (3.0, 10.0)  # seconds to connect, to wait for each part of the answer


class Webhook:
    """Posts events; every address gets the same body and a signature of its own moment."""

    def __init__(self, settings: Settings) -> None:
        self.secret = settings.staff_webhook_secret.encode()
        self.session = requests.Session()

    def send(self, url: str, event_id: str, event: str, created_at: datetime, data: dict[str, Any]) -> None:
        """Post one event; any 2xx is success. Raises Refused or Unavailable."""
        if not self.secret:
            raise Refused("STAFF_WEBHOOK_SECRET is not set")
        body = json.dumps(
            {
                "id": event_id,
                "event": event,
                "version": VERSION,
                "created_at": created_at.isoformat() + "Z",
                "data": data,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Cabinet",
            "Idempotency-Key": event_id,
            "X-Cabinet-Timestamp": timestamp,
            "X-Cabinet-Signature": "v1=" + signature(self.secret, timestamp, body),
        }
        try:
            with self.session.post(
                url, data=body, headers=headers, timeout=TIMEOUTS, allow_redirects=False, stream=True
            ) as response:  # streamed: the answer's body is nobody's business
                status, retry_after = response.status_code, response.headers.get("Retry-After")
        except (InvalidURL, InvalidSchema, MissingSchema):
            raise Refused("not a web address") from None
        except (requests.RequestException, OSError) as error:
            raise Unavailable(f"webhook: {type(error).__name__}", certain=False) from None
        if status == 429 or status >= 500:
            raise Unavailable(f"HTTP {status}", seconds_to_wait(retry_after))
        if not 200 <= status < 300:
            raise Refused(f"HTTP {status}")


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """The HMAC-SHA-256 of `timestamp.body`, in hexadecimal."""
    return hmac.digest(secret, timestamp.encode() + b"." + body, hashlib.sha256).hex()
