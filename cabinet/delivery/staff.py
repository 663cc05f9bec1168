"""One event for the staff becomes one message per mailbox and per webhook.

Webhooks receive the event under its own name; letters have words, from `templates/letters/staff/`.
"""

from cabinet.delivery.connection import connected
from cabinet.delivery.outcome import Refused
from cabinet.models import Message
from cabinet.models.base import db
from config import Settings


def fan_out(message: Message, settings: Settings) -> None:
    """Write the children and mark their parent sent, all or nothing, once however often it is tried.

    Raises Refused when no receiver is configured.
    """
    receivers = [("mail", address) for address in settings.staff_emails]
    receivers += [("webhook", url) for url in settings.staff_webhooks]
    if not receivers:
        raise Refused("STAFF_EMAILS and STAFF_WEBHOOKS are empty")
    with connected(), db.atomic():
        if not message.mark_sent():
            return  # another worker took it over, and its children with it
        for lane, to in receivers:
            Message.enqueue(
                lane,
                f"staff/{message.template}" if lane == "mail" else message.template,
                to=to,
                data=message.data,
                locale=message.locale,
                parent=message.id,
                blank_after=True,  # the parent keeps what was told
            )
