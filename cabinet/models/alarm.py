"""What staff have to mend: an alarm stands from when it is seen until it is over, whoever looks."""

from typing import Any

from peewee import CharField, DateTimeField, JSONField

from cabinet.models.base import Model, now
from cabinet.models.locks import lock_names
from cabinet.models.prepared import insert


class Alarm(Model):
    """An alarm that stands. `name` is its kind and what it is about, such as "balance/smsaero"."""

    name = CharField(40, primary_key=True)
    at = DateTimeField(default=now)
    data: Any = JSONField(default=dict)

    @classmethod
    def standing(cls) -> list["Alarm"]:
        """All of them, the oldest first."""
        return list(cls.select().order_by(cls.at, cls.name))

    @classmethod
    def begin(cls, name: str, data: dict[str, Any]) -> bool:
        """Raise it, inside the caller's transaction; False where it stands already."""
        lock_names(f"alarm:{name}")
        if cls.select().where(cls.name == name).exists():
            return False
        insert(cls(name=name, data=data))
        return True

    @classmethod
    def end(cls, name: str) -> bool:
        """It is over, inside the caller's transaction; False where somebody has said so already."""
        return bool(cls.delete().where(cls.name == name).execute())
