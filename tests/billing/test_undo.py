"""An import that is taken back has never been; what later ones changed stays theirs."""

import random
from pathlib import Path

import peewee
import pytest

from cabinet.billing import importer, undo
from cabinet.billing.importer import import_billing
from cabinet.models import AccountBefore, BatchPeriod, BillingPeriod, Charge, ChargeBefore, ImportBatch
from cabinet.models.database import db
from tests.billing.files import row, stored, write
from tests.billing.history import History

COLUMNS = ["account", "period", "amount_due", "address"]
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")


def take(tmp_path: Path, rows: list[dict[str, str]], columns: list[str] = COLUMNS) -> ImportBatch:
    """Import these rows."""
    report = import_billing(write(tmp_path / "b.csv", rows, columns))
    assert not report.refused and report.batch
    return ImportBatch.get_by_id(report.batch)


def take_back(batch: ImportBatch) -> None:
    assert batch.order_undo("system")
    undo.take_back(batch)
    assert ImportBatch.get_by_id(batch.id).state == "undone"


def counts_are_right() -> bool:
    """Whether the months are counted as they are."""
    counted = {row.period: row.accounts for row in BillingPeriod.select() if row.whole}
    found = Charge.select(Charge.period, peewee.fn.COUNT(Charge.account)).group_by(Charge.period).tuples()
    return counted == dict(found)


@pytest.mark.parametrize("at_once", [50_000, 0], ids=["whole", "by month"])
@pytest.mark.parametrize("seed", range(6))
def test_any_imports_and_undos_in_any_order(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, at_once: int
) -> None:
    monkeypatch.setattr(importer, "AT_ONCE", at_once)
    monkeypatch.setattr(undo, "PIECE", {True: 3, False: 3})
    chance = random.Random(seed)
    if chance.random() < 0.5:
        import_billing(write(tmp_path / "b.csv", some_rows(chance), COLUMNS))
        with db.atomic():
            for model in (ImportBatch, BatchPeriod, AccountBefore, ChargeBefore):  # as if it were from before
                model.delete().execute()
    history, standing = History(stored()), list[ImportBatch]()
    for _ in range(14):
        if standing and chance.random() < 0.4:
            batch = standing.pop(chance.randrange(len(standing)))
            take_back(batch)
            history.undo(batch.id)
        else:
            before = stored()
            optional = [name for name in ("amount_paid", "last_name", "premises") if chance.random() < 0.5]
            standing.append(take(tmp_path, some_rows(chance), [*COLUMNS, *optional]))
            history.imported(standing[-1].id, before, stored())
        assert stored() == history.state()
        assert counts_are_right()
    for batch in chance.sample(standing, len(standing)):
        take_back(batch)
        history.undo(batch.id)
        assert stored() == history.state()
    assert not AccountBefore.select().exists() and not ChargeBefore.select().exists()


def some_rows(chance: random.Random) -> list[dict[str, str]]:
    """A file that touches a part of few accounts, so that files meet often."""
    months = chance.sample(MONTHS, chance.randint(1, 3))
    return [
        row(
            str(number),
            month,
            f"{chance.randint(1, 3)}.00",
            address=f"д. {chance.randint(1, 2)}",
            last_name=chance.choice(["Ли", "Ким", ""]),
            premises=chance.choice(["", "1"]),
            amount_paid=chance.choice(["", "1.00"]),
        )
        for number in chance.sample(range(1, 9), chance.randint(1, 8))
        for month in months
    ]
