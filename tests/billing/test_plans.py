"""What an import asks about one month costs the same however many others billing has."""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing import journal, sameness, sql
from cabinet.billing.importer import import_billing
from cabinet.billing.plausibility import PAYABLE
from cabinet.models import billing_period
from cabinet.models.database import db
from tests.billing.files import row, write
from tests.billing.test_importing import EYES_OPEN

MONTHS = [date(2026, month, 1) for month in (8, 9, 10)]
ACCOUNTS = 3000


@pytest.fixture
def months(database: peewee.Database) -> None:
    """Three of them, one after the other as imports bring them, with statistics."""
    with db.atomic():
        for month in MONTHS:
            rows = f"SELECT '{month}', CAST(n AS VARCHAR), n FROM generate_series(1, {ACCOUNTS}) AS n"
            db.execute_sql(f"INSERT INTO charge (period, account, amount_due) {rows}")
    db.execute_sql("ANALYZE charge")


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_charges_of_a_month_are_found_without_reading_older_months(
    database: peewee.Database, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[str] = []
    execute = sql.execute

    def explained(query: str, **values: object) -> object:
        told = execute(f"EXPLAIN ANALYZE {query}", **values).fetchall()
        plans.append("\n".join(line for (line,) in told))
        return execute(query, **values)

    for module in (sql, sameness):
        monkeypatch.setattr(module, "execute", explained)
    assert sql.is_charged(MONTHS[-1]) and not sql.is_charged(date(2026, 11, 1))
    assert sameness.varied(MONTHS[-1], PAYABLE)
    assert len(plans) >= 3 and not [plan for plan in plans if "Removed by Filter" in plan]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_month_is_changed_where_it_differs_without_reading_it_again(
    database: peewee.Database, months: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plans: list[str] = []
    run = sql.run

    def explained(statement: str, **values: object) -> int:
        plans.extend(line for (line,) in sql.execute(f"EXPLAIN {statement}", **values).fetchall())
        return run(statement, **values)

    monkeypatch.setattr(journal, "run", explained)
    file = write(tmp_path / "b.csv", [row(str(n), due=f"{n}.00") for n in range(1, ACCOUNTS + 500)])
    (month,) = import_billing(file, answers=EYES_OPEN).periods
    assert (month.new_charges, month.changed_charges) == (499, ACCOUNTS)
    looked = [plan.split("  (")[0].strip() for plan in plans if " on charge" in plan]
    changed = ["Update on charge", "->  Tid Scan on charge"]
    assert looked == ["Insert on charge_before", *changed, "Insert on charge"]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_month_that_no_import_has_counted_is_counted_without_reading_others(
    database: peewee.Database, months: None
) -> None:
    told = db.execute_sql(f"EXPLAIN ANALYZE {billing_period._ALL}").fetchall()
    plan = "\n".join(line for (line,) in told)
    assert "using charge_pkey on charge" in plan and "Seq Scan on charge" not in plan, plan


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_month_is_corrected_where_transactions_are_serializable(
    database: peewee.Database, tmp_path: Path
) -> None:
    """What is staged is committed by another connection, which a transaction that began before must see."""
    level = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL"
    db.execute_sql(f"{level} SERIALIZABLE")
    try:
        import_billing(write(tmp_path / "b.csv", [row(str(n)) for n in range(1, 11)]))
        (month,) = import_billing(write(tmp_path / "c.csv", [row("1", due="1.00"), row("77")])).periods
    finally:
        db.execute_sql(f"{level} READ COMMITTED")
    assert (month.new_charges, month.changed_charges) == (1, 1)
