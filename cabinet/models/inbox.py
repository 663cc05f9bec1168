"""The demonstration's inbox: what would have been sent."""

from typing import Any

from peewee import CharField, DateTimeField, TextField

from cabinet.models.base import Model, now


class InboxItem(Model):
    """What the demonstration "sent": the inbox backends write here instead of a gateway."""

    id: Any
    kind = CharField(8)
    to = CharField(254)
    subject = TextField(default="")
    text = TextField()
    html = TextField(default="")
    sent_at = DateTimeField(default=now)
