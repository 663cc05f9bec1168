"""The demonstration: SMS and calls are shown at /demo/inbox."""

from cabinet.delivery.gateway import Gateway, Outgoing, SmsReceipt, gateway
from cabinet.models import InboxItem
from cabinet.models.database import connected, db
from cabinet.models.fate import State


@gateway("inbox")
class InboxGateway(Gateway):
    """Puts messages into the inbox; they count as delivered."""

    title = "inbox"
    can_call = True

    def send(self, sms: Outgoing) -> SmsReceipt:
        return self._keep("sms", sms.to, sms.text)

    def call(self, sms: Outgoing) -> SmsReceipt:
        return self._keep("call", sms.to, " ".join(sms.digits))

    def _keep(self, kind: str, to: str, text: str) -> SmsReceipt:
        with connected(), db.atomic():
            InboxItem.create(kind=kind, to=to, text=text)
        return SmsReceipt(None, State.DELIVERED)
