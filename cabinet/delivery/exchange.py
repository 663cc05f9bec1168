"""One bounded HTTP exchange with a gateway: no redirects, no endless answers, and no address in an error.

What an error says about the request is whether the gateway may have acted on it.
"""

import json
import logging
import time
from dataclasses import dataclass
from typing import Any

import requests
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema, SSLError
from urllib3.exceptions import HTTPError, NewConnectionError

from cabinet.delivery.deadline import DeadlineAdapter
from cabinet.delivery.errors import RefusedError, UnavailableError, seconds_to_wait, unreadable
from cabinet.models.fate import Fault

CONNECT_TIMEOUT = 3.0
READ_TIMEOUT = 5.0  # for each part of the answer
WHOLE_TIMEOUT = 10.0  # several gateways must fit into a message's lease
LONGEST_ANSWER = 65_536  # bytes

logging.getLogger("urllib3").setLevel(logging.WARNING)  # below that it logs addresses, which may tell secrets


@dataclass(frozen=True)
class Answer:
    """An answer that is no sign of an overloaded or broken server; `name` is the gateway's, for reasons."""

    name: str
    status: int
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises UnavailableError, since the gateway may have acted on the request."""
        try:
            return self._loaded()
        except (ValueError, RecursionError):
            raise unreadable(self.name) from None

    def json_if_any(self) -> Any:
        """The body as JSON; None if it is none."""
        try:
            return self._loaded()
        except (ValueError, RecursionError):
            return None

    def _loaded(self) -> Any:
        """Old gateways write windows-1251, whatever JSON is to be in."""
        try:
            return json.loads(self.body)
        except UnicodeDecodeError:
            return json.loads(self.body.decode("cp1251", "replace"))


class Exchange:
    """HTTP with the gateway called `name`; not to be shared between threads."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.session = requests.Session()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, DeadlineAdapter(WHOLE_TIMEOUT))

    def request(self, method: str, url: str, **what: Any) -> Answer:
        """Exchange one request, described as for `requests`.

        Raises UnavailableError when there is no answer, or one that says "later"; RefusedError for a
        redirect and for HTTP 401 and 403, which only the company can mend.
        """
        deadline = time.monotonic() + WHOLE_TIMEOUT
        try:
            with self.session.request(
                method,
                url,
                timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
                allow_redirects=False,
                stream=True,
                **what,
            ) as response:
                self._check(response)
                return Answer(self.name, response.status_code, self._body(response, deadline))
        except (InvalidURL, InvalidSchema, MissingSchema):
            raise RefusedError(f"{self.name}: not a web address", Fault.ACCOUNT) from None
        except requests.RequestException as error:
            raise self._unavailable(error) from None
        except (HTTPError, OSError):  # while the body was read
            raise UnavailableError(f"{self.name}: cut off", certain=False) from None

    def _check(self, response: requests.Response) -> None:
        status = response.status_code
        reason = f"{self.name} HTTP {status}"
        if status == 429 or status >= 500:
            wait = seconds_to_wait(response.headers.get("Retry-After"))
            raise UnavailableError(reason, wait, certain=status != 504)
        if 300 <= status < 400:
            raise RefusedError(reason, Fault.ACCOUNT)

    def _body(self, response: requests.Response, deadline: float) -> bytes:
        body = b""
        while part := response.raw.read1(LONGEST_ANSWER, decode_content=True):
            body += part
            if len(body) > LONGEST_ANSWER:
                raise UnavailableError(f"{self.name}: endless answer", certain=False)
            if time.monotonic() > deadline:
                break
        if time.monotonic() > deadline:  # perhaps it was we who cut it off
            raise UnavailableError(f"{self.name}: no answer", certain=False)
        return body

    def _unavailable(self, error: requests.RequestException) -> UnavailableError:
        """What a failed request means; uncertain as soon as the gateway may have read it."""
        if isinstance(error, requests.ConnectTimeout | SSLError):
            return UnavailableError(f"{self.name}: no connection")
        if isinstance(error, requests.ConnectionError):
            cause = getattr(error.args[0] if error.args else None, "reason", None)
            if isinstance(cause, NewConnectionError):
                return UnavailableError(f"{self.name}: no connection")
            return UnavailableError(f"{self.name}: cut off", certain=False)
        if isinstance(error, requests.Timeout):
            return UnavailableError(f"{self.name}: no answer", certain=False)
        return UnavailableError(f"{self.name}: {type(error).__name__}", certain=False)
