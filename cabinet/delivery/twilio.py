"""SMS through Twilio."""

import logging
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import SSLError
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from cabinet.delivery.errors import RefusedError, UnavailableError, seconds_to_wait
from cabinet.delivery.gateway import SmsReceipt
from config import Settings

STATUS_PATH = "/hooks/twilio/status"
TIMEOUTS = (3.0, 10.0)  # seconds to connect, to wait for each part of the answer
LONGEST_VALIDITY = 36_000  # seconds, Twilio's limit
# not this message's fault: the account, its rights or its rate; 20429 comes as HTTP 429 too
TEMPORARY = frozenset({20003, 20005, 20429, 30001, 30003, 30017})


class TwilioGateway:
    """Twilio's Messaging API through its SDK; delivery statuses come back to STATUS_PATH."""

    def __init__(self, settings: Settings) -> None:
        self.client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            http_client=_HttpClient(settings.twilio_api_url),
        )
        by_service = settings.twilio_from.startswith("MG")
        self.sender = {"messaging_service_sid" if by_service else "from_": settings.twilio_from}
        self.callback = settings.public_url + STATUS_PATH

    def send(self, to: str, text: str, ref: str, validity: int | None) -> SmsReceipt:
        """Send through Twilio, which takes no id of ours: sending again makes a second SMS."""
        options: dict[str, Any] = dict(self.sender)
        if validity is not None:
            options["validity_period"] = max(1, min(validity, LONGEST_VALIDITY))
        try:
            sent = self.client.messages.create(to=to, body=text, status_callback=self.callback, **options)
        except TwilioRestException as error:
            reason = f"Twilio {error.code or f'HTTP {error.status}'}"
            if error.status == 401 or error.code in TEMPORARY:
                raise UnavailableError(reason) from None
            raise RefusedError(reason) from None
        except (TwilioException, ValueError):  # accepted, but the answer makes no sense
            raise UnavailableError("Twilio: unreadable answer", certain=False) from None
        return SmsReceipt(sent.sid, sent.status or "")


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]  # twilio ships no types
    """Twilio's HTTP client with our time-outs, temporary errors as `UnavailableError`.

    `base` replaces the scheme and host of Twilio's address where it is not empty.
    """

    def __init__(self, base: str) -> None:
        silent = logging.Logger("twilio", logging.CRITICAL)  # the SDK would log numbers and texts
        super().__init__(max_retries=0, logger=silent)
        self.timeout = TIMEOUTS
        self.base = base.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if self.base:
            parts = urlsplit(url)
            url = self.base + parts.path + (f"?{parts.query}" if parts.query else "")
        kwargs["timeout"] = None  # the SDK would compare it with 0; None means self.timeout
        try:
            response = super().request(method, url, *args, **kwargs)
        except requests.RequestException as error:
            raise _unavailable(error) from None
        if response.status_code == 429 or response.status_code >= 500:
            wait = seconds_to_wait(response.headers.get("Retry-After"))
            certain = response.status_code != 504
            raise UnavailableError(f"Twilio HTTP {response.status_code}", wait, certain)
        return response


def _unavailable(error: requests.RequestException) -> UnavailableError:
    """What a failed request means; uncertain as soon as the SMS may have reached Twilio."""
    if isinstance(error, requests.ConnectTimeout | SSLError):
        return UnavailableError("Twilio: no connection")
    if isinstance(error, requests.ConnectionError):
        cause = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(cause, NewConnectionError):
            return UnavailableError("Twilio: no connection")
        return UnavailableError("Twilio: cut off", certain=False)
    if isinstance(error, requests.Timeout):
        return UnavailableError("Twilio: no answer", certain=False)
    return UnavailableError(f"Twilio: {type(error).__name__}", certain=False)
