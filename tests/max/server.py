"""A MAX server over HTTP, whose next answers a test writes down, and residents who use its bot."""

import dataclasses
import hashlib
import hmac
import json
from typing import Any

from flask import Flask
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response
from werkzeug.test import TestResponse

from cabinet.models.database import db
from config import Settings

TOKEN, SECRET = "max-bot-token", "webhook-secret-of-thirty-two-chars"
SET_UP = {"max_bot_token": TOKEN, "max_bot_name": "domopult_bot", "max_webhook_secret": SECRET}
AT = 1_795_000_000_000  # milliseconds
BLOCKED = (403, {"code": "chat.denied", "message": "error.dialog.suspended"})
GONE = (404, {"code": "chat.not.found", "message": "Chat not found"})
BAD_TOKEN = (401, {"code": "verify.token", "message": "Invalid access_token"})


class Max:
    """`says` are its next answers, after which it takes everything; `sent`: to whom, and what."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("").rstrip("/")
        self.says: list[tuple[int, Any]] = []
        self.sent: list[tuple[str, str]] = []
        self.attached: list[Any] = []
        self.tokens: list[str] = []
        server.expect_request("/messages", method="POST").respond_with_handler(self._answer)
        server.expect_request("/me", method="GET").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        self.tokens.append(request.headers["Authorization"])
        if request.path == "/messages":
            said = json.loads(request.get_data())
            self.sent.append((request.args["user_id"], said["text"]))
            self.attached.append(said.get("attachments"))
        taken: Any = {"message": {"body": {"mid": f"mid.{len(self.sent)}"}}, "user_id": 7}
        status, said = self.says.pop(0) if self.says else (200, taken)
        return Response(said if isinstance(said, str) else json.dumps(said), status)

    def settings(self, settings: Settings, **changes: Any) -> Settings:
        """Settings whose bot is here."""
        known = {**SET_UP, "max_api_url": self.url}
        return dataclasses.replace(settings, gateway_settings=known, **changes)


def tell(app: Flask, update: Any, secret: str = SECRET) -> TestResponse:
    """MAX tells the bot."""
    body = update if isinstance(update, bytes | str) else json.dumps(update)
    headers = {"X-Max-Bot-Api-Secret": secret} if secret else {}
    response = app.test_client().post("/hooks/max", data=body, headers=headers)
    db.connect(reuse_if_open=True)
    return response


def bot_started(payload: Any, user: Any = 501, at: int = AT) -> dict[str, Any]:
    """The update that says so."""
    return {
        "update_type": "bot_started",
        "timestamp": at,
        "chat_id": 9,
        "user": {"user_id": user, "name": "Анна"},
        "payload": payload,
    }


def contact_sent(
    phone: str = "79161234567", user: int = 501, of: int | None = None, token: str = TOKEN, **changes: Any
) -> dict[str, Any]:
    """The update that says that a user sent a contact by the bot's button; `changes` are of its payload."""
    vcf = f"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:{phone}\r\nFN:Анна\r\nEND:VCARD\r\n"
    digest = hmac.new(token.encode(), vcf.encode(), hashlib.sha256).hexdigest()
    payload = {
        "vcf_info": vcf,
        "hash": digest,
        "max_info": {"user_id": user if of is None else of},
        **changes,
    }
    return {
        "update_type": "message_created",
        "timestamp": AT,
        "message": {
            "sender": {"user_id": user},
            "recipient": {"chat_id": 9, "chat_type": "dialog"},
            "body": {"mid": "mid.1", "attachments": [{"type": "contact", "payload": payload}]},
        },
    }


def bot_stopped(user: int = 501, at: int = AT + 1, kind: str = "bot_stopped") -> dict[str, Any]:
    """The update that says so."""
    return {"update_type": kind, "timestamp": at, "chat_id": 9, "user": {"user_id": user}}
