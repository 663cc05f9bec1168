"""No alarm stands at first."""

import peewee

from cabinet.models import Alarm, migrations
from cabinet.models.database import db
from tests.migrations.conftest import Before


def test_alarms_begin_and_end(database: peewee.DatabaseProxy, before: Before) -> None:
    before("0013_raise_alarms")
    migrations.upgrade()
    with db.atomic():
        assert Alarm.begin("dead", {"count": 1}) and not Alarm.begin("dead", {"count": 2})
    assert [(one.name, one.data) for one in Alarm.standing()] == [("dead", {"count": 1})]
    with db.atomic():
        assert Alarm.end("dead") and not Alarm.end("dead")
