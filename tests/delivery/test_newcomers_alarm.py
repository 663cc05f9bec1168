"""The alarm about the codes that people without a cabinet ask for."""

from datetime import timedelta

import pytest
from peewee import Database

from cabinet.delivery import alarms
from cabinet.models import Alarm, Attempt
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
