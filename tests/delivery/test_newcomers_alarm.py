"""The alarm about the codes that people without a cabinet ask for."""

from datetime import timedelta

import pytest
from peewee import Database

from cabinet.delivery import alarms, message_texts
from cabinet.models import Alarm, Attempt, Message
from cabinet.models.attempt import EVERYBODY
from cabinet.models.base import now
from cabinet.models.database import db

pytestmark = pytest.mark.settings(sms_global_day=10)


def standing() -> list[str]:
    """The names of the alarms that stand."""
    alarms.watch()
    return sorted(alarm.name for alarm in Alarm.standing())


def newcomers(codes: int) -> None:
    with db.atomic():
        for _ in range(codes):
            Attempt.add(("sms-all", EVERYBODY))


def test_newcomers_codes_are_an_alarm_at_half_and_at_the_end(database: Database) -> None:
    newcomers(4)
    assert standing() == []
    newcomers(1)
    assert standing() == ["newcomers/50"]
    newcomers(5)
    assert standing() == ["newcomers/100", "newcomers/50"]


def test_it_is_over_when_a_day_has_passed(database: Database) -> None:
    newcomers(10)
    assert len(standing()) == 2
    with db.atomic():
        Attempt.update(at=now() - timedelta(days=1, seconds=1)).execute()
    assert standing() == []


@pytest.mark.settings(sms_global_hour=10, sms_global_day=100, staff_emails="all@example.org")
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_an_hours_codes_used_up_are_an_alarm_until_it_is_over(database: Database, locale: str) -> None:
    newcomers(8)
    assert standing() == []
    newcomers(1)
    assert standing() == ["newcomers/hour"]
    letter = Message.get(Message.template == "staff/alarm")
    letter.locale = locale
    told = message_texts.mail(letter)
    words = "на час: 10" if locale == "ru" else "in an hour: 10"
    assert words in told.subject.replace("\u00a0", " ") and "SMS_GLOBAL_HOUR" in told.text
    with db.atomic():
        Attempt.update(at=now() - timedelta(hours=1, seconds=1)).execute()
    assert standing() == []
