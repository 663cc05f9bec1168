"""An import that is taken back has never been; what later ones changed stays theirs."""

import random
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import peewee
import pytest

from cabinet.billing import importer, undo
from cabinet.billing.importer import import_billing
from cabinet.models import (
    Account,
    AccountBefore,
    Audit,
    BatchPeriod,
    BillingPeriod,
    Charge,
    ChargeBefore,
    ConnectionRequest,
    ImportBatch,
    RequestNote,
    resident_search,
)
from cabinet.models.account import find_account, latest_periods
from cabinet.models.database import db
from cabinet.models.linking import accounts, accounts_with_charges
from tests.billing.files import row, stored, write
from tests.billing.history import History
from tests.billing.test_importing import EYES_OPEN
from tests.cast import PASSWORD, resident
from tests.journeys import to_registration_password
from tests.visitor import Visitor

COLUMNS = ["account", "period", "amount_due", "address"]
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")


def take(tmp_path: Path, rows: list[dict[str, str]], columns: list[str] = COLUMNS) -> ImportBatch:
    """Import these rows."""
    report = import_billing(write(tmp_path / "b.csv", rows, columns), answers=EYES_OPEN)
    assert not report.refused and report.batch
    return ImportBatch.get_by_id(report.batch)


def take_back(batch: ImportBatch) -> None:
    assert batch.order_undo("system")
    undo.take_back(batch)
    assert ImportBatch.get_by_id(batch.id).state == "undone"


def counts_are_right() -> bool:
    """Whether the months are counted as they are."""
    counted = {row.period: row.accounts for row in BillingPeriod.select() if row.whole}
    by_period = Charge.select(Charge.period, peewee.fn.COUNT(Charge.account)).group_by(Charge.period)
    found: Iterable[Any] = by_period.tuples()
    return counted == dict(found)


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 30))]
)
def test_any_imports_and_undos_in_any_order(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(importer, "AT_ONCE", (50_000, 0)[seed % 2])
    monkeypatch.setattr(undo, "PIECE", {True: 3, False: 3})
    chance = random.Random(seed)
    if chance.random() < 0.5:
        import_billing(write(tmp_path / "b.csv", some_rows(chance), COLUMNS), answers=EYES_OPEN)
        with db.atomic():
            for model in (ImportBatch, BatchPeriod, AccountBefore, ChargeBefore):  # as if it were from before
                model.delete().execute()
    history, standing = History(stored()), list[ImportBatch]()
    for _ in range(10):
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


def test_what_a_later_import_only_confirmed_goes(database: peewee.Database, tmp_path: Path) -> None:
    """It changed nothing, so nothing of it is lost."""
    first = take(tmp_path, [row("1"), row("2")])
    take(tmp_path, [row("1"), row("3")])
    take_back(first)
    assert set(stored()[0]) == {"3"}


def test_cells_are_given_back_one_by_one(database: peewee.Database, tmp_path: Path) -> None:
    columns = [*COLUMNS, "amount_paid", "last_name"]
    take(tmp_path, [row("1", due="1.00", amount_paid="", last_name="Ли", address="а")], columns)
    middle = take(tmp_path, [row("1", due="2.00", amount_paid="5.00", last_name="Ким", address="б")], columns)
    take(tmp_path, [row("1", due="3.00", amount_paid="5.00", last_name="Ким", address="в")], columns)
    take_back(middle)
    account, charge = Account.get(), Charge.get()
    assert (account.last_name, account.address) == ("Ли", "в")
    assert (charge.amount_due, charge.amount_paid) == (300, None)


@pytest.mark.sample(3)
@pytest.mark.parametrize("order", [*permutations((2, 3, 4))])
def test_a_cell_holds_what_the_last_standing_import_put(
    database: peewee.Database, tmp_path: Path, order: tuple[int, ...]
) -> None:
    standing = {due: take(tmp_path, [row("1", due=f"{due}.00", address=f"д. {due}")]) for due in (1, 2, 3, 4)}
    for due in order:
        take_back(standing.pop(due))
        assert Charge.get().amount_due == max(standing) * 100
        assert Account.get().address == f"д. {max(standing)}"


def test_an_account_changed_more_often_than_a_turn_has_rows(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "PIECE", {True: 3, False: 3})
    batches = [take(tmp_path, [row("1", address=f"д. {number}"), row("2")]) for number in range(6)]
    for batch in batches[1:]:
        take_back(batch)
    assert Account.get_by_id("1").address == "д. 0"


def test_links_of_residents_stay(database: peewee.Database, tmp_path: Path) -> None:
    take(tmp_path, [row(str(n), "2026-09", address="прежний") for n in range(1, 4)])
    batch = take(tmp_path, [row(str(n), address="новый") for n in range(1, 6)])
    anna = resident(accounts=["1", "5"])
    take_back(batch)
    assert {account.number for account in accounts(anna)} == {"1", "5"}
    assert Account.get_by_id("1").address == "прежний", "its texts are as before"
    assert Account.get_by_id("5").address == "новый", "there were none before"
    assert not Account.get_or_none(Account.number == "4"), "nobody has it"
    months = [[charge.period.month for charge in charges] for _, charges in accounts_with_charges(anna)]
    assert months == [[9], []]
    again = take(tmp_path, [row("5", address="другой")])
    take_back(again)
    assert Account.get_by_id("5").address == "новый"


def test_who_is_registering_may_finish(visitor: Visitor, tmp_path: Path) -> None:
    with db.connection_context() if db.is_closed() else nullcontext():
        batch = take(tmp_path, [row("77001", due="100.00"), row("77002")])
    to_registration_password(visitor, {"period": "2026-10", "account": "77001", "amount": "100"})
    with db.connection_context() if db.is_closed() else nullcontext():
        take_back(batch)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home" and "Зелёная" in visitor.text


def test_an_account_with_other_charges_stays_until_they_go(database: peewee.Database, tmp_path: Path) -> None:
    first = take(tmp_path, [row("1", "2026-09"), row("2", "2026-09")])
    second = take(tmp_path, [row("1", "2026-10")])
    take_back(first)
    assert find_account(date(2026, 10, 1), "1", 10_000), "October can be registered with"
    assert set(stored()[0]) == {"1"}
    take_back(second)
    assert stored() == ({}, {})


def test_a_request_whose_account_went_waits_for_it_again(database: peewee.Database, tmp_path: Path) -> None:
    with db.atomic():
        asked = ConnectionRequest.create(
            phone="+79161234567", last_name="Ким", first_name="Ян", email="", city="Клин", street="Дачная",
            house="3", idempotency_key="1", matched_account="1",
        )  # fmt: skip
    batch = take(tmp_path, [row("1")])
    take_back(batch)
    assert ConnectionRequest.get_by_id(asked.id).matched_account is None
    assert "отменена" in RequestNote.get().text
    take(tmp_path, [row("1", address="г. Клин, ул. Дачная, д. 3")])
    assert ConnectionRequest.get_by_id(asked.id).matched_account == "1"


def test_a_mistyped_period_is_taken_back(database: peewee.Database, tmp_path: Path) -> None:
    take(tmp_path, [row(str(n)) for n in range(1, 31)])
    batch = take(tmp_path, [row(str(n), "2026-11") for n in range(1, 31)])
    assert latest_periods()[0].month == 11, "a whole month is believed"
    take_back(batch)
    assert latest_periods() == [date(2026, 10, 1)]


def test_the_audit_tells(database: peewee.Database, tmp_path: Path) -> None:
    batch = take(tmp_path, [row("1"), row("2")])
    take_back(batch)
    came, went = Audit.select().where(Audit.action.startswith("billing-import")).order_by(Audit.id)
    assert (came.action, came.detail["import"]) == ("billing-import", batch.id)
    assert (went.action, went.actor, went.subject) == ("billing-import-undone", "system", str(batch.id))
    assert went.detail["rows"] == 4 and went.detail["periods"] == ["2026-10"]
    assert "Химки" not in str(went.detail)


def test_an_import_is_taken_back_once(database: peewee.Database, tmp_path: Path) -> None:
    batch = take(tmp_path, [row("1")])
    take_back(batch)
    assert not batch.order_undo("system")
    undo.take_back(batch)
    assert Audit.select().where(Audit.action == "billing-import-undone").count() == 1


def test_nothing_is_written_down_of_a_fresh_month(database: peewee.Database, tmp_path: Path) -> None:
    take(tmp_path, [row(str(n), month) for month in MONTHS for n in range(1, 30)])
    take(tmp_path, [row(str(n), "2026-12") for n in range(1, 30)])
    assert not AccountBefore.select().exists() and not ChargeBefore.select().exists()


def test_residents_are_found_by_the_address_that_billing_has_now(
    database: peewee.Database, tmp_path: Path
) -> None:
    take(tmp_path, [row("1", address="г. Клин, ул. Дачная, д. 3")])
    anna = resident("+79161234567", accounts=["1"])
    corrected = take(tmp_path, [row("1", address="г. Клин, ул. Новая, д. 8")])
    assert resident_search.catch_up(9) == 1
    assert resident_search.find("новая 8").keys == [anna.id] and not resident_search.find("дачная 3").keys
    take_back(corrected)
    assert resident_search.catch_up(9) == 1
    assert resident_search.find("дачная 3").keys == [anna.id]
