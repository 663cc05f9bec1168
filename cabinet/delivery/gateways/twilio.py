"""Twilio, through its SDK: Messaging and Voice; statuses come back signed to STATUS_PATH."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.request_validator import RequestValidator

from cabinet.delivery.errors import RefusedError, UnavailableError, unreadable
from cabinet.delivery.gateway import (
    Callback,
    Gateway,
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

STATUS_PATH = "/hooks/twilio/status"
LONGEST_VALIDITY = 36_000  # seconds, Twilio's limit
# limits of the account and of a moment; 20429 comes as HTTP 429 too
TEMPORARY = frozenset({10004, 14107, 20429, 21611, 30001, 30017, 63038})
FAULTS = {
    **dict.fromkeys((13224, 21211, 21214, 21217, 21614, 21635, 30005, 30006), Fault.NUMBER),
    **dict.fromkeys((21610, 30003, 30004), Fault.OPERATOR),
    **dict.fromkeys((21212, 21603, 21606, 21612, 21617, 21659, 21660, 21703), Fault.SENDER),
    **dict.fromkeys((21210, 21601, 30007, 30024, 30032, 30034, 30035), Fault.SENDER),
    **dict.fromkeys((10001, 20003, 20005, 20006, 20404, 21203, 21215, 21219), Fault.ACCOUNT),
    **dict.fromkeys((21408, 21608, 30002, 13227), Fault.ACCOUNT),
    # too long in its own queue, sending switched off, and its guard against fraud: others may send it
    **dict.fromkeys((30036, 30037, 30450, 60410), Fault.ACCOUNT),
    30010: Fault.MONEY,
}
STATES = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), State.ACCEPTED),
    **dict.fromkeys(("initiated", "ringing", "in-progress"), State.ACCEPTED),
    **dict.fromkeys(("delivered", "read", "completed"), State.DELIVERED),
    **dict.fromkeys(("undelivered", "failed", "canceled", "busy", "no-answer"), State.UNDELIVERED),
}
SAY = (
    '<Response><Pause length="1"/><Say language="ru-RU">Ваш код: {0}.</Say>'
    '<Pause length="1"/><Say language="ru-RU">Повторяю: {0}.</Say></Response>'
)


@gateway("twilio")
class TwilioGateway(Gateway):
    """Twilio takes no id of ours: sending again makes a second SMS."""

    title = "Twilio"
    polls = True
    needs = ("twilio_account_sid", "twilio_auth_token", "twilio_from")

    @cached_property
    def client(self) -> Any:
        """The SDK's client; made when something is to be sent."""
        from cabinet.delivery.twilio_sdk import client  # large, and slow to load

        return client(self.settings, self.http)

    @property
    def address(self) -> str:
        return self.settings.twilio_api_url or "https://api.twilio.com"

    @property
    def can_call(self) -> bool:
        """Calls come from a number only, not from a name or a messaging service."""
        return (self.settings.twilio_voice_from or self.settings.twilio_from).startswith("+")

    def change_keys(self) -> bool:
        s = self.settings
        self.settings = replace(
            s,
            twilio_auth_token=s.twilio_auth_token_next or s.twilio_auth_token,
            twilio_auth_token_next=s.twilio_auth_token if s.twilio_auth_token_next else "",
        )
        self.__dict__.pop("client", None)
        return bool(s.twilio_auth_token_next)

    def callback_url(self, ref: str) -> str:
        return f"{self.settings.public_url}{STATUS_PATH}?ref={ref}"

    def send(self, sms: Outgoing) -> SmsReceipt:
        sender = self.settings.twilio_from
        options: dict[str, Any] = {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}
        if sms.validity is not None:
            options["validity_period"] = max(1, min(sms.validity, LONGEST_VALIDITY))
        return self._create("messages", sms, body=sms.text, **options)

    def call(self, sms: Outgoing) -> SmsReceipt:
        sender = self.settings.twilio_voice_from or self.settings.twilio_from
        return self._create("calls", sms, twiml=SAY.format(", ".join(sms.digits)), from_=sender)

    def poll(self, sent: Sequence[Sent]) -> list[Report]:
        reports = []
        for one in sent:
            if one.provider_id:
                resource = self.client.calls if one.call else self.client.messages
                try:
                    found = resource(one.provider_id).fetch()
                except (TwilioException, ValueError):
                    continue
                code = getattr(found, "error_code", None)
                reports.append(_report(one.provider_id, found.status, code, _price(found)))
        return reports

    def reports(self, callback: Callback) -> list[Report] | None:
        form, given = callback.form, callback.headers.get("X-Twilio-Signature", "")
        tokens = self.settings.twilio_auth_token, self.settings.twilio_auth_token_next
        if not any(RequestValidator(one).validate(callback.url, dict(form), given) for one in tokens if one):
            return None
        sid = form.get("MessageSid") or form.get("SmsSid") or form.get("CallSid") or ""
        status = form.get("MessageStatus") or form.get("SmsStatus") or form.get("CallStatus") or ""
        return [_report(sid, status, form.get("ErrorCode"), ref=callback.query.get("ref"))] if sid else []

    @by_either_key
    def _create(self, resource: str, sms: Outgoing, **options: Any) -> SmsReceipt:
        try:
            made = getattr(self.client, resource).create(
                to=sms.to, status_callback=self.callback_url(sms.ref), **options
            )
        except TwilioRestException as error:
            raise _refusal(error.code, error.status) from None
        except (TwilioException, ValueError):  # accepted, but the answer makes no sense
            raise unreadable(self.title) from None
        if not made.sid:
            raise unreadable(self.title)
        return SmsReceipt(made.sid, segments=whole(getattr(made, "num_segments", None)))


def _refusal(code: int | None, status: int) -> Exception:
    reason = f"Twilio {code or f'HTTP {status}'}"
    if code in TEMPORARY:
        return UnavailableError(reason)
    fault = FAULTS.get(code or 0, Fault.ACCOUNT if status in (401, 403) else Fault.UNKNOWN)
    return RefusedError(reason, fault)


def _report(sid: str, status: str, code: object, price: int | None = None, ref: str | None = None) -> Report:
    state = STATES.get(status, State.UNKNOWN)
    number = whole(code) or 0
    fault = FAULTS.get(number, Fault.UNKNOWN) if state is State.UNDELIVERED else None
    if status in ("busy", "no-answer"):
        fault = Fault.OPERATOR
    return Report(sid, state, fault, f"Twilio {number or status}", ref, price)


def _price(found: Any) -> int | None:
    """Kopecks, where the account pays in roubles; Twilio counts what it takes as negative."""
    price = kopecks(found.price) if str(found.price_unit).upper() == "RUB" else None
    return None if price is None else abs(price)
