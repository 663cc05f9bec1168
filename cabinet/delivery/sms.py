"""The SMS gateways, by their names in SMS_BACKEND.

Another gateway is one more class with `send`, its name in GATEWAYS, its needs in `config_check.SMS_NEEDS`.
"""

from collections.abc import Callable

from cabinet.delivery.gateway import SmsGateway, SmsReceipt
from cabinet.delivery.twilio import TwilioGateway
from cabinet.models import InboxItem
from cabinet.models.database import connected, db
from config import Settings


class InboxGateway:
    """The demonstration: SMS are shown at /demo/inbox."""

    def send(self, to: str, text: str, ref: str, validity: int | None) -> SmsReceipt:
        """Put the SMS into the inbox; it counts as delivered."""
        with connected(), db.atomic():
            InboxItem.create(kind="sms", to=to, text=text)
        return SmsReceipt(None, "delivered")


GATEWAYS: dict[str, Callable[[Settings], SmsGateway]] = {
    "inbox": lambda _settings: InboxGateway(),
    "twilio": TwilioGateway,
}


def gateway(settings: Settings) -> SmsGateway:
    """The gateway that SMS_BACKEND names. Raises KeyError for an unknown name."""
    return GATEWAYS[settings.sms_backend](settings)
