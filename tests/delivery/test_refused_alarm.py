"""SMS that gateways refuse without saying why: an alarm once that befalls more than one number."""

from peewee import Database

from cabinet.delivery import alarms
from cabinet.models import Alarm, DeliveryTry, Message
from cabinet.models.database import db
from cabinet.models.fate import Fault, State
from tests.cast import PHONE


def refused(phone: str, times: int) -> None:
    """One SMS to a phone, tried so often."""
    with db.atomic():
        message = Message.enqueue("sms", "code", phone, blank_after=True)
    for _ in range(times):
        DeliveryTry.begin(message, "http").ended(State.REFUSED, "HTTP 200", Fault.UNKNOWN)


def test_what_nobody_explains_is_an_alarm_when_it_befalls_several_numbers(database: Database) -> None:
    refused(PHONE, times=5)
    alarms.watch()
    assert not Alarm.standing(), "it may be that number's fault"
    refused("+79991234568", times=1)
    alarms.watch()
    assert [alarm.name for alarm in Alarm.standing()] == ["refused"]
