"""Any gateway that one HTTP request sends an SMS through, described by settings alone."""

import json
from typing import Any

from cabinet.delivery.errors import RefusedError, unreadable
from cabinet.delivery.gateway import Gateway, Option, Outgoing, SmsReceipt, by_either_key, gateway, kopecks
from cabinet.models.fate import Fault

OURS = (401, 403, 404, 405)  # a key, or the address that settings name


@gateway("http")
class HttpGateway(Gateway):
    """Fields and headers hold the placeholders {to}, {number} (without +), {text}, {ref}, {validity}."""

    title = "HTTP"
    keys = ("sms_fields", "sms_headers")
    OPTIONS = {  # as the base class annotates it
        "sms_url": Option("gateway described by settings: its https address", required=True),
        "sms_method": Option("its method", "POST"),
        "sms_format": Option("form, json, or query (then number and text stand in the address)", "form"),
        "sms_fields": Option("what is sent, as JSON", '{"to": "{to}", "text": "{text}"}'),
        "sms_headers": Option("headers, as JSON: authorization, an idempotency key"),
        "sms_fields_next": Option("what is sent instead where a key in it is refused (401, 403), as JSON"),
        "sms_headers_next": Option("headers instead where a key in them is refused, as JSON"),
        "sms_id": Option("where in the JSON of the answer its id stands, such as data.id"),
        "sms_error": Option("where an error stands; absent, empty, 0 and false are none", "error"),
        "sms_faults": Option("whose fault an error is, as JSON: number, operator, sender, money, account"),
        "sms_price": Option("where the price in roubles stands"),
    }

    @property
    def address(self) -> str:
        return self.option("sms_url")

    @by_either_key
    def send(self, sms: Outgoing) -> SmsReceipt:
        place = {"json": "json", "query": "params"}.get(self.option("sms_format"), "data")
        answer = self.http.request(
            self.option("sms_method"),
            self.option("sms_url"),
            headers=_filled(self._json("sms_headers"), sms),
            **{place: _filled(self._json("sms_fields"), sms)},
        )
        if answer.status < 400 and answer.body.lstrip()[:1] == b"<" and b"<html" in answer.body[:500].lower():
            raise unreadable(self.title)  # whoever answers by a page took no SMS, or nobody knows
        said = answer.json_if_any()
        error = _at(said, self.option("sms_error"))
        if error or answer.status >= 400:
            raise self._refusal(error, answer.status)
        found = _at(said, self.option("sms_id"))
        if self.option("sms_id") and found is None:
            raise unreadable(self.title)
        price = kopecks(_at(said, self.option("sms_price")))
        return SmsReceipt(None if found is None else str(found), price=price)

    def _refusal(self, error: Any, status: int) -> RefusedError:
        """Only what the settings name is repeated: an operator's sentence may quote the number."""
        faults = self._json("sms_faults")
        if str(error) in faults:
            return RefusedError(f"HTTP: {error}", Fault(faults[str(error)]))
        fault = Fault.MONEY if status == 402 else Fault.ACCOUNT if status in OURS else Fault.UNKNOWN
        return RefusedError(f"HTTP: {error}" if isinstance(error, int) else f"HTTP: HTTP {status}", fault)

    def _json(self, name: str) -> dict[str, Any]:
        try:
            return dict(json.loads(self.option(name) or "{}"))
        except ValueError:
            raise RefusedError(f"HTTP_{name.upper()} is no JSON object", Fault.ACCOUNT) from None


def _filled(pattern: Any, sms: Outgoing) -> Any:
    """The same structure with its placeholders replaced."""
    if isinstance(pattern, dict):
        return {key: _filled(value, sms) for key, value in pattern.items()}
    if isinstance(pattern, list):
        return [_filled(value, sms) for value in pattern]
    if not isinstance(pattern, str):
        return pattern
    values = {"to": sms.to, "number": sms.to.lstrip("+"), "ref": sms.ref, "validity": sms.validity or 600}
    for name, value in values.items():
        pattern = pattern.replace(f"{{{name}}}", str(value))
    return pattern.replace("{text}", sms.text)


def _at(said: Any, path: str) -> Any:
    """What stands at `data.0.id` of an answer; None where there is nothing."""
    for step in path.split(".") if path else ():
        if isinstance(said, list) and step.isdecimal() and int(step) < len(said):
            said = said[int(step)]
        else:
            said = said.get(step) if isinstance(said, dict) else None
    return said if path else None
