"""SMSC.ru and the many services that speak its HTTP API. It knows our id, so it is asked after silence."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from cabinet.delivery.errors import RefusedError, UnavailableError, unreadable
from cabinet.delivery.gateway import (
    Callback,
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

NOT_FOUND = -3
BUSY = (4, 9)  # "too many errors", "too many requests": ask later
ERRORS = {
    1: Fault.SENDER,  # parameters
    2: Fault.ACCOUNT,  # login or password
    3: Fault.MONEY,
    5: Fault.SENDER,  # date
    6: Fault.SENDER,  # text or sender's name are forbidden
    7: Fault.NUMBER,
    8: Fault.OPERATOR,  # cannot be delivered to this number
}
STATES = {
    -2: State.ACCEPTED,
    -1: State.ACCEPTED,
    0: State.ACCEPTED,
    1: State.DELIVERED,
    2: State.DELIVERED,  # read
    4: State.DELIVERED,  # its link was followed
    3: State.UNDELIVERED,  # expired
    20: State.UNDELIVERED,
    22: State.UNDELIVERED,
    23: State.UNDELIVERED,
    24: State.UNDELIVERED,
    25: State.UNDELIVERED,
}
STATUS_FAULTS = {22: Fault.NUMBER, 23: Fault.SENDER, 24: Fault.MONEY}
TEST_MODE = 200  # "virtual": whatever the status, nothing was sent
CAUSES = {  # https://smscentre.com/api/smpp/errors; the others are the operator's, or the subscriber's
    **dict.fromkeys((1, 21, 249), Fault.NUMBER),
    **dict.fromkeys((238, 241, 243, 253, 254), Fault.SENDER),  # template, text, contract, filter, name
    # address of the host, no mass sending, hours, limits, no route to this number, forbidden numbers
    **dict.fromkeys((TEST_MODE, 239, 244, 246, 247, 248, 250, 251), Fault.ACCOUNT),
}


@gateway("smsc")
class SmscGateway(Gateway):
    """Requests are posted, so that neither password nor text stands in an address."""

    title = "SMSC"
    polls = finds_ref = True
    can_call = True
    keys = ("password",)
    OPTIONS = {  # as the base class annotates it
        "login": Option("SMSC: login", required=True),
        "password": Option("SMSC: password, better one for the API alone", required=True),
        "password_next": Option("SMSC: the password that will replace it; used where that one is refused"),
        "sender": Option("SMSC: sender's name; empty: the account's own"),
        "callback_secret": Option("SMSC: secret word of status callbacks, which must be signed with md5"),
        "callback_secret_next": Option("SMSC: the secret word that will replace it; either is good"),
        "api_url": Option("replaces SMSC's address (other services, tests)", "https://smsc.ru/sys"),
    }

    def send(self, sms: Outgoing) -> SmsReceipt:
        fields = {"phones": sms.to, "mes": sms.text, "id": sms.ref, "cost": "2"}
        if self.option("sender"):
            fields["sender"] = self.option("sender")
        if sms.validity is not None:  # hours and minutes
            fields["valid"] = f"{max(1, sms.validity // 60) // 60:02}:{max(1, sms.validity // 60) % 60:02}"
        return self._sent(sms, self._ask("send", **fields))

    def call(self, sms: Outgoing) -> SmsReceipt:
        spoken = ", ".join(sms.digits)
        words = f"Ваш код: {spoken}. Повторяю: {spoken}."
        return self._sent(sms, self._ask("send", phones=sms.to, mes=words, id=sms.ref, call="1", cost="2"))

    def poll(self, sent: Sequence[Sent]) -> list[Report]:
        return [self._report(one.ref, self._ask("status", phone=one.to, id=one.ref)) for one in sent]

    def balance(self) -> int | None:
        return kopecks(self._ask("balance").get("balance"))

    def reports(self, callback: Callback) -> list[Report] | None:
        secrets = self.option("callback_secret"), self.option("callback_secret_next")
        if not any(_signed(callback.form, secret) for secret in secrets if secret):
            return None
        return [self._report(callback.form.get("id", ""), dict(callback.form))]

    def _sent(self, sms: Outgoing, said: dict[str, Any]) -> SmsReceipt:
        if said.get("id") is None:
            raise unreadable(self.title)
        return SmsReceipt(sms.ref, price=kopecks(said.get("cost")), segments=whole(said.get("cnt")))

    def _report(self, ref: str, said: dict[str, Any]) -> Report:
        status, cause = whole(said.get("status")), whole(said.get("err")) or 0
        if status is None:
            raise unreadable(self.title)
        state = State.REFUSED if status == NOT_FOUND else STATES.get(status, State.UNKNOWN)
        if cause == TEST_MODE:
            state = State.UNDELIVERED
        fault = None
        if state is State.UNDELIVERED:
            fault = CAUSES.get(cause) or STATUS_FAULTS.get(status, Fault.OPERATOR)
        reason = f"SMSC {status}" + (f"/{cause}" if cause else "")
        return Report(ref, state, fault, reason, ref, kopecks(said.get("cost")), whole(said.get("cnt")))

    @by_either_key
    def _ask(self, what: str, **fields: str) -> dict[str, Any]:
        login = {"login": self.option("login"), "psw": self.option("password")}
        form = {**login, "fmt": "3", "charset": "utf-8", **fields}
        answer = self.http.request("POST", f"{self.option('api_url').rstrip('/')}/{what}.php", data=form)
        said = answer.json()
        if not isinstance(said, dict):
            raise unreadable(self.title)
        code = whole(said.get("error_code"))
        if code in BUSY:
            raise UnavailableError(f"SMSC {code}", 60)
        if "error" in said or code is not None:
            raise RefusedError(f"SMSC {code}", ERRORS.get(code or 0, Fault.UNKNOWN))
        return said


def _signed(form: Mapping[str, str], secret: str) -> bool:
    line = ":".join([form.get("id", ""), form.get("phone", ""), form.get("status", ""), secret])
    right = hashlib.md5(line.encode(), usedforsecurity=False).hexdigest()
    return hmac.compare_digest(right.encode(), form.get("md5", "").lower().encode())
