"""How a reply will look to the resident: rendered as the worker will, sent to nobody."""

from dataclasses import dataclass

from cabinet.models import casework
from cabinet.models.message import Message
from cabinet.models.request import ConnectionRequest
from cabinet.staff import typed


@dataclass(frozen=True)
class Preview:
    """A reply before it is sent: to whom, the subject of a letter, the text; an SMS has `segments`."""

    to: str
    subject: str
    text: str
    segments: int


def preview_of(found: ConnectionRequest) -> Preview:
    """The reply that is typed for this request, as the resident will read it."""
    from cabinet.delivery import message_texts  # what renders letters is the worker's; few requests need it

    form = typed.form_of(found)
    channel, text = form.lane.data, form.reply.data or ""
    data = casework.letter_data(found, text, channel, "", bool(typed.attached(found.number)[0]))
    message = Message(channel=channel, template="staff_reply", data=data, locale=found.locale)
    if channel == "sms":
        words = message_texts.sms(message)
        return Preview(found.phone, "", words, message_texts.segments(words))
    letter = message_texts.mail(message)
    return Preview(found.email, letter.subject, letter.text, 0)
