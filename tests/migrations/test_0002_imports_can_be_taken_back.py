"""Months that were imported before imports could be taken back are offered as ever."""

from datetime import date

import peewee

from cabinet.models import BillingPeriod, ImportBatch, migrations
from cabinet.models.account import latest_periods
from tests.migrations.conftest import Before

NAME = "0002_imports_can_be_taken_back"


def test_upgrade_counts_the_months(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    assert "import_batch" not in database.get_tables()
    with database.atomic():
        for number in range(1, 11):
            database.execute_sql(
                "INSERT INTO account (number, printed, address) VALUES "
                f"('{number}', '00{number}', 'г. Клин, д. {number}')"
            )
            for month in ("2026-09", "2026-10", *(["2062-10"] if number == 1 else [])):
                database.execute_sql(
                    f"INSERT INTO charge (period, account, amount_due) VALUES ('{month}-01', '{number}', 100)"
                )

    assert NAME in migrations.upgrade()

    counted = {row.period: row.accounts for row in BillingPeriod.select()}
    assert counted == {date(2026, 9, 1): 10, date(2026, 10, 1): 10, date(2062, 10, 1): 1}
    assert latest_periods() == [date(2026, 10, 1), date(2026, 9, 1)]
    assert database.execute_sql("SELECT COUNT(*) FROM account").fetchone()[0] == 10
    assert not ImportBatch.select().exists(), "what came before is nobody's to take back"
