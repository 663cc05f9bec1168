"""Whatever people, workers, gateways, crashes and the clock do: nothing is lost, done twice, shown.

`make simulate N=1000` runs more; a seed that fails says how it is replayed.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cabinet.delivery import sending
from cabinet.delivery.gateway import Outgoing, SmsReceipt
from cabinet.models import TABLES, Account, Message, User, code_limits, limits, linking, login
from cabinet.models.database import db, is_sqlite
from cabinet.models.spending import Spending
from config import Settings
from tests.cast import bill
from tests.simulation import callers, schedule
from tests.simulation.world import Fake, World
from tests.simulation.writer import in_this_process

SEED, NUMBER = int(os.environ.get("SEED", "0")), int(os.environ.get("N", "20"))
NAMES = [model._meta.table_name for model in reversed(TABLES)]
FILLED = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in NAMES)
PARTS = 20
EACH = {True: 400, False: 100}  # by whether it is SQLite, where a schedule costs half as much: 10 000 in all

Run = Callable[[range], None]


@pytest.fixture
def run(app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the schedules of these seeds, each on a database that has the accounts alone."""

    if is_sqlite():
        db.obj.pragma("synchronous", "off", permanent=True)  # no machine fails here, but processes

    def run_all(seeds: range) -> None:
        for seed in seeds:
            with db.atomic():
                filled = {name for (name,) in db.execute_sql(FILLED).fetchall()}
                for name in filter(filled.__contains__, NAMES):
                    db.execute_sql(f'DELETE FROM "{name}"')
            bill()
            with in_this_process():
                schedule.run(seed, app, settings, tmp_path, monkeypatch)

    return run_all


def test_whatever_happens(run: Run) -> None:
    run(range(SEED, SEED + NUMBER))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_ten_thousand_times(run: Run, part: int) -> None:
    each = EACH[is_sqlite()]
    first = 10_000 * (1 + is_sqlite()) + part * each
    run(range(first, first + each))


@pytest.mark.slow
def test_it_finds_a_worker_that_marks_before_it_sends(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    send = sending._try_to_send

    def mark_and_send(message: Message, handler: sending.Handler) -> None:
        if message.channel == "sms":
            message.mark_sent(None, "accepted")
        send(message, handler)

    monkeypatch.setattr(sending, "_try_to_send", mark_and_send)
    with pytest.raises(AssertionError, match=r"(?s)never handed over.*make simulate SEED="):
        run(range(40))


@pytest.mark.slow
def test_it_finds_an_sms_that_goes_out_again_though_it_was_taken(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Fake.send

    def send_twice(gateway: Fake, sms: Outgoing) -> SmsReceipt:
        send(gateway, sms)
        return send(gateway, sms)

    monkeypatch.setattr(Fake, "send", send_twice)
    with pytest.raises(AssertionError, match="a second only after silence"):
        run(range(10))


@pytest.mark.slow
def test_it_finds_a_commit_that_is_forgotten(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    at_commit = World.at_commit

    def forget(world: World, commit: Callable[[], None]) -> None:
        if not world.well and User.select().where(User.last_name == "Воробьёва").exists():
            db.obj.rollback()
        else:
            at_commit(world, commit)

    monkeypatch.setattr(World, "at_commit", forget)
    with pytest.raises(AssertionError, match=r"(?s)has no cabinet.*make simulate SEED="):
        run(range(40))


@pytest.mark.slow
def test_it_finds_an_event_that_nobody_is_told_of(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    tell = User.notify_staff

    def forget(user: User, event: str, **data: Any) -> None:
        if event != "account_linked":
            tell(user, event, **data)

    monkeypatch.setattr(User, "notify_staff", forget)
    with pytest.raises(AssertionError, match="each account-linked is told once"):
        run(range(1, 40))


@pytest.mark.slow
def test_it_finds_a_rouble_that_is_not_counted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Spending, "add", lambda *counted: None)
    with pytest.raises(AssertionError, match="every rouble is counted"):
        run(range(1, 10))


@pytest.mark.slow
def test_it_finds_accounts_of_others(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "accounts", lambda user: list(Account.select()))
    with pytest.raises(AssertionError, match="sees "):
        run(range(1, 40))


@pytest.mark.slow
def test_it_finds_addresses_of_others_on_pages(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "_HOME", linking._HOME.replace("user_id = ?", "user_id <> COALESCE(?, '')"))
    monkeypatch.setattr(schedule, "PAGES", 1)
    with pytest.raises(AssertionError, match=r"sees г\. "):
        run(range(40))


@pytest.mark.slow
def test_it_finds_a_limit_that_is_not_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_longest", lambda _waits: None)
    monkeypatch.setattr(callers.Caller, "misread", 1.0)
    with pytest.raises(AssertionError, match="lookup-phone"):
        run(range(1, 40))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("broken", "instead", "found"),
    [
        ((code_limits, "_resend_wait"), lambda *_asked: 0, "waits between codes"),
        ((code_limits, "waits_by"), lambda _answers, asked, _moment: [0] * len(asked), "sms-|SMS to a phone"),
        ((login, "_refusal"), lambda *_asked: None, "lock-out|login-ip"),
    ],
)
def test_it_finds_that_somebody_need_not_wait(
    run: Run, monkeypatch: pytest.MonkeyPatch, broken: tuple[object, str], instead: object, found: str
) -> None:
    monkeypatch.setattr(*broken, instead)
    with pytest.raises(AssertionError, match=found):
        run(range(1, 40))


@pytest.mark.slow
@pytest.mark.parametrize("seed", (0, 2))
def test_a_seed_replays_exactly(run: Run, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    finish = schedule.Schedule.run

    def finish_and_keep(one: schedule.Schedule) -> None:
        finish(one)
        told.append(one.world.told)

    monkeypatch.setattr(schedule.Schedule, "run", finish_and_keep)
    run(range(seed, seed + 1))
    run(range(seed, seed + 1))
    assert told[0] == told[1] and len(told[0]) > 20
