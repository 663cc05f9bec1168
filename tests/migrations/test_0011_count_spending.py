"""What was spent before counts; the old code can still write tries."""

from datetime import date

import peewee

from cabinet.models import DeliveryTry, Spending, migrations
from tests.migrations.conftest import Before

NAME = "0011_count_spending"
TRY = (
    "INSERT INTO delivery_try (id, message, gateway, at, state, segments, price) VALUES"
    " ('{0}', 'm', 'twilio', '{1}', '{2}', {3}, {4})"
)


def test_what_was_spent_before_counts(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(TRY.format("a", "2026-10-31 20:59:59", "accepted", 1, 250))
        database.execute_sql(TRY.format("b", "2026-10-31 21:00:00", "delivered", 2, 500))
        database.execute_sql(TRY.format("c", "2026-11-01 08:00:00", "silent", "NULL", "NULL"))
        database.execute_sql(TRY.format("d", "2026-11-01 09:00:00", "refused", 1, 250))

    assert NAME in migrations.upgrade()

    found = [(row.day, row.segments, row.price) for row in Spending.select().order_by(Spending.day)]
    assert found == [(date(2026, 10, 31), 1, 250), (date(2026, 11, 1), 2, 500)], "by the days of Moscow"


def test_old_code_inserts_into_the_new_schema(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    migrations.upgrade()
    with database.atomic():
        database.execute_sql(TRY.format("a", "2026-11-01 08:00:00", "accepted", 1, 250))
    assert (DeliveryTry.get().purpose, DeliveryTry.get().operator) == ("", "")
