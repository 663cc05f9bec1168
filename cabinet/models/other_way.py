"""What MAX does not bring goes another way: the same message, from the beginning."""

from typing import Any

from cabinet.models.base import now
from cabinet.models.max_link import MaxLink
from cabinet.models.message import Message
from cabinet.models.request import ConnectionRequest
from cabinet.models.unit import whole


@whole
def send_otherwise(message: Message, unlinked: bool) -> bool:
    """Have a message by MAX go by SMS, or by mail where its kind goes there; False if it cannot.

    `unlinked`: the resident stopped the bot, so the link ends. Whoever claimed it meanwhile keeps it.
    """
    if "max" in message.data:  # to whoever proves a phone, perhaps no resident
        return False
    link = MaxLink.of_phone(message.to) if unlinked else None
    if link and link.created_at <= message.created_at:
        link.end()
    if message.template == "max_hello" or not (way := _way(message)):
        return False
    channel, to, data = way
    # a code stays good as long as it was
    expires = message.expires_at if message.template == "code" else None
    anew = {"due_at": now(), "tries": 0, "failures": 0, "tried_since": None, "claim": None, "error": ""}
    return bool(
        Message.update(channel=channel, to=to, data=data, expires_at=expires, round=Message.round + 1, **anew)
        .where(Message.id == message.id, Message.claim == message.claim)
        .execute()
    )


def _way(message: Message) -> tuple[str, str, dict[str, Any]] | None:
    if message.template == "code":
        return "sms", message.to, message.data
    request = ConnectionRequest.get_or_none(ConnectionRequest.number == message.data.get("number", ""))
    return request.otherwise(message.data) if request else None
