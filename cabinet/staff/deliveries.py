"""«Почему не пришла СМС?»: what was sent to a phone, every try, its reason and what to do."""

from contextlib import suppress

from werkzeug.wrappers import Response

from cabinet import fields
from cabinet.models import DeliveryTry, Message
from cabinet.models.code_limits import resend_wait
from cabinet.staff.delivery_words import Told, told
from cabinet.staff.guard import bp, record, show
from cabinet.staff.message_names import message_names
from cabinet.staff.search import SMS
from cabinet.web.flow import advance
from cabinet.wording.waits import wait_words

SHOWN = 20  # messages, newest first


@bp.get("/sms")
def sms() -> Response:
    """The last SMS, calls and messages by MAX to the phone that was asked for, with every try."""
    phone = _phone(SMS.query)
    found = _sent_to(phone) if phone else []
    record("sms-asked", shown=[message.id for message in found])
    return show(
        "sms.html",
        search=SMS,
        phone=phone,
        names=message_names(),
        found=[(message, tries_of(message)) for message in found],
        when=wait_words(wait) if phone and (wait := resend_wait(phone)) else "",
    )


@bp.post("/sms")
def submit_sms() -> Response:
    """Ask for a phone; it is personal and stays out of addresses."""
    SMS.submit()
    return advance("staff.sms")


def tries_of(message: Message) -> list[Told]:
    """The tries of a message, oldest first, in words."""
    mine = DeliveryTry.select().where(DeliveryTry.message == message.id)
    return [told(row) for row in mine.order_by(DeliveryTry.at, DeliveryTry.id)]


def _sent_to(phone: str) -> list[Message]:
    mine = Message.select().where(Message.to == phone, Message.channel.in_(("sms", "call", "max")))
    return list(mine.order_by(Message.created_at.desc()).limit(SHOWN))


def _phone(typed: str) -> str:
    """The phone as messages have it; empty for what is none."""
    with suppress(fields.FieldError):
        return fields.phone(typed)
    return ""
