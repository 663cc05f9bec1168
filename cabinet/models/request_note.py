"""The history of connection requests: what staff did and noted, what they and residents wrote each other."""

from typing import Any

from peewee import CharField, DateTimeField, Expression, ForeignKeyField, TextField, fn

from cabinet.models.base import Model, now
from cabinet.models.database import db
from cabinet.models.request_words import Searched

CONVERSATION = ("reply", "answer")
TAKEN_BACK = "taken"


class RequestNote(Model):
    """One entry of a request's history. `staff` is a `Staff.id`, None when the program or the resident wrote.

    kind "note": internal; "reply": sent to the resident; "answer": what the resident wrote; "state" and
    "handed": `text` is the new state, or the `Staff.id` of who has the request; "joined": what a request
    asked for that became a part of this one; "merged": `text` is the number of which this became a part;
    "taken": a note that was taken back, without its words, which nobody is shown.
    `origin` is the number of the request that an entry was written about, if another. `file` is the name of
    a stored file that belongs to it, empty without one, `file_type` its media type.
    """

    id: Any
    request = ForeignKeyField(Searched, backref="entries", on_delete="CASCADE")
    at = DateTimeField(default=now)
    staff = CharField(22, null=True)
    kind = CharField(8)
    text = TextField(default="")
    file = CharField(40, default="")
    file_type = CharField(32, default="")
    origin: Any = CharField(12, null=True)

    @classmethod
    def named(cls, file: str) -> bool:
        """Whether a stored file of this name belongs to an entry."""
        return bool(file) and cls.select().where(cls.file == file).exists()

    @classmethod
    def last_of(cls, requests: list[int]) -> dict[int, int]:
        """The keys of the newest entries of these requests ; without entries, none."""
        newest = (
            cls.select(cls.request, fn.MAX(cls.id)).where(cls.request.in_(requests)).group_by(cls.request)
        )
        return dict(db.execute(newest).fetchall())

    @classmethod
    def after(cls, request: int, seen: int, by: Expression) -> bool:
        """Whether entries that meet the condition `by` were added to the history after the entry `seen`."""
        return bool(cls.select().where(cls.request == request, cls.id > seen, by).exists())


class Unread(Model):
    """The resident wrote about this request, and nobody has taken it up yet. `at` is when they began."""

    request = ForeignKeyField(Searched, primary_key=True, on_delete="CASCADE")
    at = DateTimeField(default=now, index=True)
