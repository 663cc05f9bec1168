"""What MAX does not bring goes another way: the same message, from the beginning."""

from typing import Any

from cabinet.models.attempt import Attempt
from cabinet.models.base import now
from cabinet.models.code import OneTimeCode
from cabinet.models.code_limits import lock_counted, may_count_sms
from cabinet.models.limits import give_back_all
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
    if message.template == "max_hello" or not (way := _way(message)) or not message.is_mine():
        return False
    if message.template == "code" and not _may_be_an_sms(message):
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


def _may_be_an_sms(message: Message) -> bool:
    """Whether its code is good, left by no SMS yet, and is counted as one now, in place of one by MAX.

    At a limit nothing changes. The wait between codes is none here: nobody asks for another.
    """
    code = OneTimeCode.find(message.data.get("code"))
    if code is None or not code.live:
        return False
    by_max = [(kind, subject) for kind, subject in (code.counted or {}).get(message.id, ())]
    by_sms = [(kind.replace("max-", "sms-", 1), subject) for kind, subject in by_max]
    lock_counted(code.phone, (*by_max, *by_sms))
    if _left_by_sms(code) or not may_count_sms(code.phone):
        return False
    give_back_all(tuple(by_max))
    Attempt.add(*by_sms)
    counted = {**(OneTimeCode.get_by_id(code.id).counted or {}), message.id: by_sms}
    OneTimeCode.update(counted=counted).where(OneTimeCode.id == code.id).execute()
    return True


def _left_by_sms(code: OneTimeCode) -> bool:
    """Whether an SMS carries the same digits, or did: it was asked for meanwhile."""
    sms = (Message.channel == "sms", Message.template == "code", Message.dead_at.is_null())
    sent = Message.select().where(Message.to == code.phone, *sms)
    return any(one.data.get("code") == code.id for one in sent)


def _way(message: Message) -> tuple[str, str, dict[str, Any]] | None:
    if message.template == "code":
        return "sms", message.to, message.data
    request = ConnectionRequest.get_or_none(ConnectionRequest.number == message.data.get("number", ""))
    return request.otherwise(message.data) if request else None
