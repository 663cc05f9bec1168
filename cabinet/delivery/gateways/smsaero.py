"""SMS Aero, API v2. Its callbacks are not signed, so they only make us ask."""

from collections.abc import Sequence
from typing import Any

from cabinet.delivery.errors import RefusedError, unreadable
from cabinet.delivery.gateway import (
    Gateway,
    Option,
    Outgoing,
    Report,
    Sent,
    SmsReceipt,
    by_either_key,
    gateway,
    kopecks,
    whole,
)
from cabinet.models.fate import Fault, State

STATES = {
    0: State.ACCEPTED,  # queued
    1: State.DELIVERED,
    2: State.UNDELIVERED,
    3: State.ACCEPTED,  # handed to the operator
    4: State.ACCEPTED,  # no word from the operator yet
    6: State.UNDELIVERED,  # rejected
    8: State.ACCEPTED,  # an employee of SMS Aero looks at the text
}
REJECTED = 6
CALL_STATES = {0: State.ACCEPTED, 1: State.DELIVERED, 2: State.UNDELIVERED, 4: State.ACCEPTED}
# parts of its sentences, which have no codes
FAULTS = {
    "credentials": Fault.ACCOUNT,
    "unauthorized": Fault.ACCOUNT,
    "credits": Fault.MONEY,
    "balance": Fault.MONEY,
    "money": Fault.MONEY,
}
FIELDS = {"number": Fault.NUMBER, "phone": Fault.NUMBER, "sign": Fault.SENDER, "text": Fault.SENDER}


@gateway("smsaero")
class SmsAeroGateway(Gateway):
    """SMS Aero over HTTP with basic authorization."""

    title = "SMS Aero"
    polls = unsigned = True
    can_call = True
    keys = ("api_key",)
    OPTIONS = {  # as the base class annotates it
        "email": Option("SMS Aero: e-mail of the account", required=True),
        "api_key": Option("SMS Aero: key of the API", required=True),
        "api_key_next": Option("SMS Aero: the key that will replace it; used where that one is refused"),
        "sign": Option("SMS Aero: sender's name", "SMS Aero"),
        "api_url": Option("replaces SMS Aero's address (tests, proxies)", "https://gate.smsaero.ru/v2"),
    }

    def send(self, sms: Outgoing) -> SmsReceipt:
        data = self._ask(
            "sms/send",
            number=sms.to.lstrip("+"),
            text=sms.text,
            sign=self.option("sign"),
            callbackUrl=self.callback_url(sms.ref),
        )
        return self._receipt(data)

    def call(self, sms: Outgoing) -> SmsReceipt:
        return self._receipt(self._ask("voicecode/send", phone=sms.to.lstrip("+"), code=sms.digits))

    def poll(self, sent: Sequence[Sent]) -> list[Report]:
        return [self._report(one) for one in sent if one.provider_id]

    def balance(self) -> int | None:
        return kopecks(self._ask("balance").get("balance"))

    def _report(self, one: Sent) -> Report:
        data = self._ask("voicecode/status" if one.call else "sms/status", id=one.provider_id)
        status = whole(data.get("status"))
        state = (CALL_STATES if one.call else STATES).get(-1 if status is None else status, State.UNKNOWN)
        fault = None
        if state is State.UNDELIVERED:
            fault = Fault.SENDER if status == REJECTED else Fault.OPERATOR
        return Report(one.provider_id, state, fault, f"SMS Aero {status}", price=kopecks(data.get("cost")))

    def _receipt(self, data: dict[str, Any]) -> SmsReceipt:
        if data.get("id") is None:
            raise unreadable(self.title)
        return SmsReceipt(str(data["id"]), price=kopecks(data.get("cost")))

    @by_either_key
    def _ask(self, what: str, **fields: Any) -> dict[str, Any]:
        """What it answers as `data`. Raises RefusedError when it says no."""
        answer = self.http.request(
            "POST",
            f"{self.option('api_url').rstrip('/')}/{what}",
            json=fields,
            auth=(self.option("email"), self.option("api_key")),
        )
        said = answer.json()
        if not isinstance(said, dict):
            raise unreadable(self.title)
        if said.get("success"):
            return said["data"] if isinstance(said.get("data"), dict) else {}
        raise _refusal(answer.status, said)


def _refusal(status: int, said: dict[str, Any]) -> RefusedError:
    words = f"{said.get('message') or ''} {said.get('result') or ''}".lower()
    wrong = said["data"] if isinstance(said.get("data"), dict) else {}
    found = [fault for word, fault in FAULTS.items() if word in words]
    found += [fault for field, fault in FIELDS.items() if field in wrong]
    if status in (401, 402, 403):
        found.insert(0, Fault.MONEY if status == 402 else Fault.ACCOUNT)
    fault = found[0] if found else Fault.UNKNOWN
    return RefusedError(f"SMS Aero: {fault.value}" if found else f"SMS Aero HTTP {status}", fault)
