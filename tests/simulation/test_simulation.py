"""Whatever people, workers, gateways, crashes and the clock do: nothing is lost, done twice, shown.

`make simulate N=1000` runs more; a seed that fails says how it is replayed.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from cabinet.delivery import sending
from cabinet.delivery.gateway import Outgoing, SmsReceipt
from cabinet.models import TABLES, Message, User
from cabinet.models.database import db
from config import Settings
from tests.cast import bill
from tests.simulation import schedule
from tests.simulation.world import Fake, World

SEED, NUMBER = int(os.environ.get("SEED", "0")), int(os.environ.get("N", "3"))
PARTS, EACH = 4, 15  # that many run in a minute on two idle cores

Run = Callable[[range], None]


@pytest.fixture
def run(app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the schedules of these seeds, each on a database that has the accounts alone."""

    def run_all(seeds: range) -> None:
        for seed in seeds:
            with db.atomic():
                for table in reversed(TABLES):
                    table.delete().execute()
            bill()
            schedule.run(seed, app, settings, tmp_path, monkeypatch)

    return run_all


def test_whatever_happens(run: Run) -> None:
    run(range(SEED, SEED + NUMBER))


def test_a_gateway_that_is_slower_than_a_lease_was_silent_to_who_took_over(run: Run) -> None:
    run(range(5, 6))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_more_often(run: Run, part: int) -> None:
    run(range(1000 + part * EACH, 1000 + (part + 1) * EACH))


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
def test_a_seed_replays_exactly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    finish = schedule.Schedule.run

    def finish_and_keep(one: schedule.Schedule) -> None:
        finish(one)
        told.append(one.world.told)

    monkeypatch.setattr(schedule.Schedule, "run", finish_and_keep)
    run(range(2, 3))
    run(range(2, 3))
    assert told[0] == told[1] and len(told[0]) > 20
