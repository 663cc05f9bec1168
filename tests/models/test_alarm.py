"""An alarm stands once, from when it is seen until it is over."""

from peewee import Database

from cabinet.models import Alarm
from cabinet.models.database import db
from tests.models.clock import after, moment


def test_an_alarm_begins_once_and_ends_once(database: Database) -> None:
    with after(2), db.atomic():
        assert Alarm.begin("worker", {"age": 5}) and not Alarm.begin("worker", {"age": 6})
        assert Alarm.begin("balance/smsaero", {})
    with after(1), db.atomic():
        assert Alarm.begin("dead", {"count": 1})
    assert [(one.name, one.at, one.data) for one in Alarm.standing()] == [
        ("dead", moment(1), {"count": 1}),
        ("balance/smsaero", moment(2), {}),
        ("worker", moment(2), {"age": 5}),
    ]
    with db.atomic():
        assert Alarm.end("dead") is True and Alarm.end("dead") is False
    assert [one.name for one in Alarm.standing()] == ["balance/smsaero", "worker"]
