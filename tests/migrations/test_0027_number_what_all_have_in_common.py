"""What was counted for everybody before counts on; the old code can still write attempts."""

from datetime import timedelta

import peewee

from cabinet.models import Attempt, migrations
from cabinet.models.attempt import DAY, HOUR
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0027_number_what_all_have_in_common"


def test_what_was_counted_in_the_last_day_counts_on(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    moment = now()
    written = [(kind, "", hours) for hours in (25, 3, 2, 1) for kind in ("sms-all", "call-all")]
    with database.atomic():
        for kind, subject, hours in [*written, ("sms-phone", "+79161234567", 1)]:
            database.execute_sql(
                f"INSERT INTO attempt (kind, subject, at) VALUES ('{kind}', '{subject}',"
                f" '{moment - timedelta(hours=hours)}')"
            )

    assert NAME in migrations.upgrade()

    found = [(row.kind, row.number) for row in Attempt.select().order_by(Attempt.at, Attempt.id)]
    of_each = [(kind, number) for number in (None, 1, 2, 3) for kind in ("sms-all", "call-all")]
    assert found == [*of_each, ("sms-phone", None)]
    assert Attempt.take("sms-all", "", (4, DAY)) == 0
    assert 20 * HOUR < Attempt.take("sms-all", "", (4, DAY)) <= 21 * HOUR


def test_old_code_inserts_into_the_new_schema(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    migrations.upgrade()
    with database.atomic():
        database.execute_sql(f"INSERT INTO attempt (kind, subject, at) VALUES ('sms-all', '', '{now()}')")
    assert Attempt.get().number is None
