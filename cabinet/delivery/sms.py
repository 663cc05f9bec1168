"""Ways to send an SMS.

Another gateway is one more class with `send`, and its name in GATEWAYS and in `Settings.problems`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from cabinet.delivery.errors import Refused, Unavailable, seconds_to_wait
from cabinet.models import InboxItem
from cabinet.models.database import connected, db
from config import Settings

STATUS_PATH = "/hooks/twilio/status"
TIMEOUTS = (3.0, 10.0)  # seconds to connect, to wait for each part of the answer
LONGEST_VALIDITY = 36_000  # seconds, Twilio's limit
# not this message's fault: the account, its rights or its rate; 20429 comes as HTTP 429 too
TWILIO_TEMPORARY = frozenset({20003, 20005, 20429, 30001, 30003, 30017})


@dataclass(frozen=True)
class SmsReceipt:
    """The gateway took the SMS: its own name for it, and what it says of it so far."""

    provider_id: str | None = None
    status: str = ""


class SmsGateway(Protocol):
    """Hands SMS over to an operator."""

    def send(self, to: str, text: str, ref: str, validity: int | None) -> SmsReceipt:
        """Send `text` to an E.164 number; the operator drops it after `validity` seconds.

        `ref` is the same when the same message is sent again. Raises Refused when this SMS can never be sent,
        Unavailable when it may be later.
        """


class InboxGateway:
    """The demonstration: SMS are shown at /demo/inbox."""

    def __init__(self, settings: Settings) -> None:
        pass

    def send(self, to: str, text: str, ref: str, validity: int | None) -> SmsReceipt:
        """Put the SMS into the inbox; it counts as delivered."""
        with connected(), db.atomic():
            InboxItem.create(kind="sms", to=to, text=text)
        return SmsReceipt(None, "delivered")


class TwilioGateway:
    """Twilio's Messaging by its SDK; states come back to STATUS_PATH."""

    def __init__(self, settings: Settings) -> None:
        from twilio.rest import Client

        self.client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            http_client=_http_client(settings.twilio_api_url),
        )
        by_service = settings.twilio_from.startswith("MG")
        self.sender = {"messaging_service_sid" if by_service else "from_": settings.twilio_from}
        self.callback = settings.public_url + STATUS_PATH

    def send(self, to: str, text: str, ref: str, validity: int | None) -> SmsReceipt:
        """Send by Twilio, which knows no reference of ours: a repeated send is a second SMS."""
        from twilio.base.exceptions import TwilioException, TwilioRestException

        options: dict[str, Any] = dict(self.sender)
        if validity is not None:
            options["validity_period"] = max(1, min(validity, LONGEST_VALIDITY))
        try:
            sent = self.client.messages.create(to=to, body=text, status_callback=self.callback, **options)
        except TwilioRestException as error:
            reason = f"Twilio {error.code or f'HTTP {error.status}'}"
            if error.status == 401 or error.code in TWILIO_TEMPORARY:
                raise Unavailable(reason) from None
            raise Refused(reason) from None
        except (TwilioException, ValueError):  # accepted, but the answer makes no sense
            raise Unavailable("Twilio: unreadable answer", certain=False) from None
        return SmsReceipt(sent.sid, sent.status or "")


def _http_client(base: str) -> Any:
    """Twilio's HTTP client with our time-outs, `base` in place of its address, and temporary errors told."""
    import logging

    import requests
    from requests.exceptions import SSLError
    from twilio.http.http_client import TwilioHttpClient
    from urllib3.exceptions import NewConnectionError

    silent = logging.Logger("twilio", logging.CRITICAL)  # the SDK would log numbers and texts

    class Http(TwilioHttpClient):  # type: ignore[misc, unused-ignore]
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            if base:
                parts = urlsplit(url)
                url = base.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")
            kwargs["timeout"] = None  # the SDK would compare it with 0; it takes ours below
            try:
                response = super().request(method, url, *args, **kwargs)
            except requests.ConnectTimeout:
                raise Unavailable("Twilio: no connection") from None
            except requests.ConnectionError as error:
                cause = getattr(error.args[0] if error.args else None, "reason", None)
                never_left = isinstance(cause, NewConnectionError) or isinstance(error, SSLError)
                raise Unavailable(
                    "Twilio: no connection" if never_left else "Twilio: cut off", certain=never_left
                ) from None
            except requests.Timeout:
                raise Unavailable("Twilio: no answer", certain=False) from None
            except requests.RequestException as error:
                raise Unavailable(f"Twilio: {type(error).__name__}", certain=False) from None
            if response.status_code == 429 or response.status_code >= 500:
                wait = seconds_to_wait(response.headers.get("Retry-After"))
                certain = response.status_code != 504
                raise Unavailable(f"Twilio HTTP {response.status_code}", wait, certain)
            return response

    http = Http(max_retries=0, logger=silent)
    http.timeout = TIMEOUTS
    return http


GATEWAYS: dict[str, Callable[[Settings], SmsGateway]] = {"inbox": InboxGateway, "twilio": TwilioGateway}


def gateway(settings: Settings) -> SmsGateway:
    """The gateway that SMS_BACKEND names. Raises KeyError for an unknown name."""
    return GATEWAYS[settings.sms_backend](settings)
