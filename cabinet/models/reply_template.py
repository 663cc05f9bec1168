"""Templates of replies, which staff write themselves; placeholders stand for what the request says."""

import re
from typing import Any

from peewee import CharField, TextField

from cabinet.models.audit import Audit
from cabinet.models.base import Model
from cabinet.models.database import db
from cabinet.models.request import ConnectionRequest
from cabinet.models.staff import Staff

# what staff may write between braces, and the attribute of the request that takes its place
PLACEHOLDERS = {
    "имя": "first_name",
    "отчество": "middle_name",
    "номер": "number",
    "адрес": "address",
    "счёт": "account",
}
ALIASES = {"name": "имя", "number": "номер", "address": "адрес", "account": "счёт", "счет": "счёт"}
_PLACE = re.compile(r"\{\s*([\w-]+)\s*\}")


class ReplyTemplate(Model):
    """One template: its title for staff, its text with {placeholders}."""

    id: Any
    title = CharField(80)
    text = TextField()

    @classmethod
    def all(cls) -> "list[ReplyTemplate]":
        """All of them, by title."""
        return list(cls.select().order_by(cls.title, cls.id))

    @classmethod
    def put(cls, key: int | None, title: str, text: str, staff: Staff, ip: str) -> None:
        """Add one, or change the one of this key; one that is gone meanwhile is added again."""
        with db.atomic():
            values: dict[Any, Any] = {"title": title, "text": text}
            changed = key is not None and cls.update(**values).where(cls.id == key).execute()
            kept = key if changed else cls.create(**values).id
            Audit.record("staff-template-saved", staff.actor, str(kept), ip, title=title)

    @classmethod
    def remove(cls, key: int, staff: Staff, ip: str) -> None:
        """Delete the one of this key, if it is there."""
        with db.atomic():
            if cls.delete().where(cls.id == key).execute():
                Audit.record("staff-template-deleted", staff.actor, str(key), ip)

    def filled(self, request: ConnectionRequest) -> str:
        """The text with what the request says in place of its placeholders; spaces left over go."""

        def said(found: re.Match[str]) -> str:
            name = PLACEHOLDERS.get(_name(found))
            return str(getattr(request, name)) if name else found[0]

        return re.sub(r" +([,.!?:;]|$)", r"\1", _PLACE.sub(said, self.text), flags=re.M)


def unknown_places(text: str) -> list[str]:
    """The placeholders of a text that stand for nothing, as written."""
    return [found[0] for found in _PLACE.finditer(text) if _name(found) not in PLACEHOLDERS]


def _name(found: re.Match[str]) -> str:
    word = found[1].lower()
    return ALIASES.get(word, word)
