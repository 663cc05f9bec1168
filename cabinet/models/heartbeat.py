"""Signs of life of background processes, such as the worker."""

from peewee import CharField, DateTimeField

from cabinet.models.base import Model, now
from cabinet.models.unit import keyed

WORKER_SILENCE = 30  # seconds after which the worker counts as gone


class Heartbeat(Model):
    """The last sign of life of each background process."""

    name = CharField(32, primary_key=True)
    at = DateTimeField(default=now)

    @classmethod
    @keyed
    def beat(cls, name: str) -> None:
        """Record that `name` is alive."""
        cls.insert(name=name, at=now()).on_conflict(conflict_target=[cls.name], preserve=[cls.at]).execute()

    @classmethod
    def age(cls, name: str) -> float | None:
        """Seconds since `name` was alive; None if it never was."""
        at = cls.select(cls.at).where(cls.name == name).scalar()
        return None if at is None else (now() - at).total_seconds()

    @classmethod
    def worker_is_gone(cls) -> bool:
        """Whether nothing was heard of the worker for too long; one that never ran is not missed."""
        age = cls.age("worker")
        return age is not None and age > WORKER_SILENCE
