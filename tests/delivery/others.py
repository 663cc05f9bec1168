"""Three gateways on one HTTP server, whose next answers a test writes down."""

import dataclasses
import json
from collections import defaultdict
from functools import partial
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from config import Settings

PATHS = {
    "/v2/sms/send": "smsaero",
    "/v2/voicecode/send": "smsaero",
    "/sys/send.php": "smsc",
    "/2010-04-01/Accounts/AC1/Messages.json": "twilio",
    "/2010-04-01/Accounts/AC1/Calls.json": "twilio",
}
TAKEN: dict[str, tuple[int, Any]] = {
    "smsaero": (200, {"success": True, "data": {"id": 5, "cost": 2.2}}),
    "smsc": (200, {"id": "x", "cnt": 1, "cost": "3.10"}),
    "twilio": (201, {"sid": "SM1", "status": "queued"}),
}
NO_MONEY: dict[str, tuple[int, Any]] = {
    "smsaero": (200, {"success": False, "result": "no credits"}),
    "smsc": (200, {"error": "x", "error_code": 3}),
    "twilio": (400, {"code": 30010, "status": 400}),
}
BAD_NUMBER: dict[str, tuple[int, Any]] = {
    "smsaero": (400, {"success": False, "data": {"number": ["incorrect"]}}),
    "smsc": (200, {"error": "x", "error_code": 7}),
    "twilio": (400, {"code": 21211, "status": 400}),
}
DOWN, NONSENSE = (503, ""), (200, "<html>")


class Others:
    """`says[name]` are the next answers of a gateway, after which it takes everything."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.says: dict[str, list[tuple[int, Any]]] = defaultdict(list)
        self.sent: list[tuple[str, str]] = []  # gateway, what was posted
        self.asked: list[str] = []
        for path, name in PATHS.items():
            server.expect_request(path).respond_with_handler(partial(self._answer, name))
        server.expect_request("/sys/status.php").respond_with_handler(self._status)
        self.status: Any = {"status": -3}

    def _answer(self, name: str, request: Request) -> Response:
        self.sent.append((name, request.get_data(as_text=True)))
        status, said = self.says[name].pop(0) if self.says[name] else TAKEN[name]
        return _response(status, said)

    def _status(self, request: Request) -> Response:
        self.asked.append(request.form["id"])
        return _response(200, self.status)

    @property
    def names(self) -> list[str]:
        """The gateways that were asked to send, in order."""
        return [name for name, _ in self.sent]


def _response(status: int, said: Any) -> Response:
    text = said if isinstance(said, str) else json.dumps(said)
    return Response(text, status, content_type="application/json")


def by(settings: Settings, server: HTTPServer, *order: str, **changes: Any) -> Settings:
    """Settings that send by these gateways, in order."""
    url = server.url_for("").rstrip("/")
    known = {"smsaero_email": "a", "smsaero_api_key": "b", "smsaero_api_url": f"{url}/v2"}
    known |= {"smsc_login": "a", "smsc_password": "b", "smsc_api_url": f"{url}/sys"}
    twilio = {"twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_from": "+15005550006"}
    values = {"sms_gateways": order, "gateway_settings": known, "twilio_api_url": url, **twilio, **changes}
    return dataclasses.replace(settings, **values)
