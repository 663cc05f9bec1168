"""Twilio's SDK, speaking through our bounded client; it is large, so only who sends by it imports this."""

import logging
from typing import Any
from urllib.parse import urlsplit

from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from cabinet.delivery.exchange import Exchange
from config import Settings


def client(settings: Settings, http: Exchange) -> Client:
    """The SDK's client for the account of the settings."""
    speaking = _HttpClient(settings.twilio_api_url, http)
    return Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=speaking)


class _HttpClient(HttpClient):  # type: ignore[misc]  # twilio ships no types
    """Lets the SDK speak through our bounded client.

    `base` replaces the scheme and host of Twilio's address where it is not empty.
    """

    def __init__(self, base: str, http: "Exchange") -> None:
        silent = logging.Logger("twilio", logging.CRITICAL)  # the SDK would log numbers and texts
        super().__init__(silent, False, None)
        self.base = base.rstrip("/")
        self.http = http

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        if self.base:
            parts = urlsplit(url)
            url = self.base + parts.path + (f"?{parts.query}" if parts.query else "")
        answer = self.http.request(method, url, params=params, data=data, headers=headers, auth=auth)
        return Response(answer.status, answer.body.decode("utf-8", "replace"))
