"""MAX: the company's bot writes to residents who linked it (https://dev.max.ru/docs-api).

`to` is a MAX user's number. Who never started the bot, or stopped it, cannot be written to.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cabinet.delivery.errors import RefusedError, unreadable
from cabinet.delivery.gateway import NEXT, Gateway, Option, Outgoing, SmsReceipt, by_either_key, gateway
from cabinet.models.fate import Fault, State
from config import Settings

if TYPE_CHECKING:
    from cabinet.delivery.exchange import Answer

LONGEST_TEXT = 4000  # characters, MAX's limit
# what its error keys begin with where a resident is not to be written to, which ends the link for good
KEYS = {
    "chat.denied": Fault.OPERATOR,
    "dialog.suspended": Fault.OPERATOR,
    "chat.not.found": Fault.NUMBER,
    "dialog.not.found": Fault.NUMBER,
    "user.not.found": Fault.NUMBER,
}


@gateway("max")
class MaxGateway(Gateway):
    """The bot. What it accepts stands in the dialogue: MAX says no more about it."""

    title = "MAX"
    sends_sms = False
    keys = ("bot_token",)
    OPTIONS = {  # as the base class annotates it
        "bot_token": Option("MAX: token of the company's bot", required=True),
        "bot_token_next": Option("MAX: the token that will replace it; used where that one is refused"),
        "bot_name": Option("MAX: the bot's name in https://max.ru/NAME", required=True),
        "webhook_secret": Option("MAX: secret that it sends along with what residents do", required=True),
        "webhook_secret_next": Option("MAX: the secret that will replace it; either is good"),
        "api_url": Option("replaces MAX's address (tests, proxies)", "https://platform-api2.max.ru"),
    }

    def send(self, sms: Outgoing) -> SmsReceipt:
        written: dict[str, Any] = {"text": sms.text[:LONGEST_TEXT]}
        if sms.button:
            row = [{"type": "request_contact", "text": sms.button}]
            written["attachments"] = [{"type": "inline_keyboard", "payload": {"buttons": [row]}}]
        said = self._ask("POST", "messages", params={"user_id": sms.to}, json=written)
        message = said.get("message")
        body = message.get("body") if isinstance(message, dict) else None
        if not isinstance(body, dict) or not body.get("mid"):
            raise unreadable(self.title)
        return SmsReceipt(str(body["mid"]), State.DELIVERED)

    def balance(self) -> int | None:
        """No money; but it is asked who the bot is, and raises where its token is not good."""
        self._ask("GET", "me")
        return None

    def signed(self, secret: str) -> bool:
        """Whether this is the secret that MAX was given, or the one that will replace it."""
        known = [self.option(name) for name in ("webhook_secret", NEXT.format("webhook_secret"))]
        sent = secret.encode("utf-8", "replace")
        return any(hmac.compare_digest(one.encode(), sent) for one in known if one)

    @by_either_key
    def _ask(self, method: str, what: str, **fields: Any) -> dict[str, Any]:
        """What it answers. Raises RefusedError when it says no."""
        answer = self.http.request(
            method,
            f"{self.option('api_url').rstrip('/')}/{what}",
            headers={"Authorization": self.option("bot_token")},
            **fields,
        )
        if answer.status >= 400:
            raise _refusal(answer)
        said = answer.json()
        if not isinstance(said, dict):
            raise unreadable(self.title)
        return said


def problems(settings: Settings) -> Iterator[str]:
    """A sentence for each of its settings that is wrong; where there are any, all that are needed must be."""
    said = {f"max_{name}": settings.gateway_settings.get(f"max_{name}", "") for name in MaxGateway.OPTIONS}
    if not any(said.values()):
        return
    for name, option in MaxGateway.OPTIONS.items():
        if option.required and not said[f"max_{name}"]:
            yield f"MAX_{name.upper()} is required with the bot in MAX"
    for name in ("max_webhook_secret", "max_webhook_secret_next"):
        if said[name] and not re.fullmatch(r"[A-Za-z0-9_-]{32,256}", said[name]):
            yield f"{name.upper()} must be 32 to 256 letters, digits, - and _"
    if said["max_bot_name"] and not re.fullmatch(r"[A-Za-z0-9_]{1,64}", said["max_bot_name"]):
        yield "MAX_BOT_NAME must be the name alone, as in https://max.ru/NAME"


def _refusal(answer: Answer) -> RefusedError:
    """Only MAX's own word is about a resident: a proxy, or a moved address, is the company's to mend."""
    try:
        said = answer.json()
    except Exception:  # a page of a proxy
        said = None
    key = str(said.get("code") or "") if isinstance(said, dict) else ""
    found = [fault for begin, fault in KEYS.items() if key.startswith(begin)]
    fault = found[0] if found else Fault.SENDER if answer.status == 400 else Fault.ACCOUNT
    return RefusedError(f"MAX HTTP {answer.status}", fault)
