"""A worker that looks around misses itself when it could not write that it lives: nobody is told so."""

from datetime import timedelta

from peewee import Database

from cabinet.delivery import alarms
from cabinet.models import Alarm, Heartbeat
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.worker.alerts import Lookout
from config import Settings


def standing() -> list[str]:
    """The names of the alarms that stand."""
    return [alarm.name for alarm in Alarm.standing()]


def test_a_worker_does_not_miss_itself(database: Database, settings: Settings) -> None:
    with db.atomic():
        Heartbeat.insert(name="worker", at=now() - timedelta(minutes=2)).execute()
    Lookout().look()
    assert standing() == []
    alarms.watch()  # as a web server does
    Lookout().look()
    assert standing() == ["worker"], "a thread of it may be lost: what others say stands"
    Heartbeat.beat("worker")
    Lookout().look()
    assert standing() == []
