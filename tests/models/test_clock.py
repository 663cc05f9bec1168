"""The clock that goes on evenly: what it holds where the host's is set, for how long, and with whom."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine

from cabinet.models import clock as module
from cabinet.models.clock import Clock
from tests.models.set_host import NOON, Host

HOUR = 3600.0
STEP = 2 * HOUR


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    with time_machine.travel(NOON, tick=False) as traveller:
        found = Host(traveller)
        monkeypatch.setattr(module, "since_start", found.since_start)
        yield found


@pytest.fixture
def begin(tmp_path: Path) -> Callable[[], Clock]:
    def begun() -> Clock:
        clock = Clock()
        clock.keep(tmp_path / "imports")
        return clock

    return begun


def told(lines: list[str]) -> list[str]:
    """What the log says of steps."""
    return [line for line in lines if " clock_set " in line]


def test_it_is_the_hosts_where_nobody_sets_that(host: Host, begin: Callable[[], Clock]) -> None:
    clock = begin()
    for seconds in (0.5, HOUR, 8 * HOUR):  # a suspended host wakes up after hours
        host.passes(seconds)
        assert clock.read() == host.time
    for _ in range(10):  # set by little, again and again
        host.is_set(29)
        host.passes(1)
        assert clock.read() == host.time and clock.ahead() == 0


@pytest.mark.parametrize("step", [STEP, -STEP, 31, -31])
def test_a_step_is_brought_in_slowly(
    host: Host, begin: Callable[[], Clock], step: float, log_lines: list[str]
) -> None:
    clock = begin()
    host.is_set(step)
    assert clock.read() == NOON and clock.ahead() == -step
    host.passes(20)
    way = 1 if step > 0 else -1
    assert clock.read() == pytest.approx(NOON + 20 + way)
    host.passes(20 * abs(step) - 21)
    assert abs(clock.ahead()) == pytest.approx(0.05)
    host.passes(1)
    assert clock.ahead() == 0
    host.passes(HOUR)
    assert clock.read() == host.time
    (line,) = told(log_lines)
    assert line.endswith(f"WARNING clock_set seconds={step:.0f} held={-step:.0f}")


def test_a_step_that_is_taken_back_leaves_nothing(host: Host, begin: Callable[[], Clock]) -> None:
    clock = begin()
    host.is_set(STEP)
    clock.read()
    host.passes(60)
    assert clock.ahead() == 3 - STEP
    host.is_set(-STEP)
    assert clock.ahead() == 0
    host.passes(60)
    assert clock.read() == host.time == NOON + 120


def test_a_second_step_is_held_from_where_the_first_led(host: Host, begin: Callable[[], Clock]) -> None:
    clock = begin()
    host.is_set(STEP)
    clock.read()
    host.passes(200)
    host.is_set(-2 * STEP)
    assert clock.read() == NOON + 210
    host.passes(200)
    assert clock.read() == NOON + 400


def test_what_the_host_is_turned_meanwhile_is_followed(host: Host, begin: Callable[[], Clock]) -> None:
    clock = begin()
    host.is_set(40)
    clock.read()
    host.is_set(-5)
    host.passes(100)
    assert clock.ahead() == -30
    host.passes(20 * 30)
    assert clock.read() == host.time


def test_a_host_that_was_wrong_by_days_or_just_begins_is_followed_at_once(
    host: Host, begin: Callable[[], Clock]
) -> None:
    clock = begin()
    host.is_set(86_401)
    assert clock.read() == host.time
    host.started = 500
    clock = begin()
    host.is_set(STEP)
    assert clock.read() == host.time
    host.passes(HOUR)
    assert clock.read() == host.time
    host.is_set(-86_400)
    assert clock.read() == host.time + 86_400


def test_all_processes_of_a_host_hold_the_same(
    host: Host, begin: Callable[[], Clock], log_lines: list[str]
) -> None:
    one, other = begin(), begin()
    host.is_set(STEP)
    one.read()
    host.passes(HOUR)
    assert one.read() == other.read() == NOON + HOUR + 180, "which looks an hour later"
    late = begin()
    host.passes(HOUR)
    assert one.read() == late.read() != host.time
    assert len(told(log_lines)) == 1
    host.is_set(-STEP)
    assert late.read() == one.read() == begin().read()
    host.passes(40 * HOUR)
    assert one.read() == begin().read() == host.time


def test_whoever_begins_after_it_was_set_has_the_hosts(host: Host, begin: Callable[[], Clock]) -> None:
    clock = begin()
    host.is_set(STEP)
    clock.read()
    host.passes(50 * HOUR)
    host.is_set(-STEP)  # while nothing runs
    assert begin().read() == host.time


def test_the_child_of_a_parent_that_never_looks_holds_the_same(
    host: Host, begin: Callable[[], Clock]
) -> None:
    parent, sibling = begin(), begin()
    host.is_set(STEP)
    sibling.read()
    host.passes(HOUR)
    host.is_set(-STEP)  # back where the parent saw it last
    sibling.read()
    parent.renew()
    assert parent.read() == sibling.read() == NOON + HOUR + 180
    host.is_set(STEP)
    host.passes(HOUR)
    sibling.read()
    child = begin()
    child.renew()
    assert child.read() == sibling.read()


def test_a_child_takes_no_small_steps_that_others_followed_for_one(
    host: Host, begin: Callable[[], Clock], log_lines: list[str]
) -> None:
    parent, sibling = begin(), begin()
    for _ in range(3):
        host.passes(HOUR)
        host.is_set(25)
        assert sibling.read() == host.time
    parent.renew()
    assert parent.read() == sibling.read() == begin().read() == host.time
    assert told(log_lines) == []


def test_a_child_takes_no_step_for_one_that_was_over_before_it(host: Host, tmp_path: Path) -> None:
    (tmp_path / "imports").write_text("no folder")
    parent, sibling = Clock(), Clock()
    for clock in (parent, sibling):
        clock.keep(tmp_path / "imports")
    host.is_set(STEP)
    sibling.read()
    host.passes(60 * HOUR)
    parent.renew()
    assert parent.read() == sibling.read() == host.time


def test_where_nothing_can_be_written_each_holds_its_own(host: Host, tmp_path: Path) -> None:
    (tmp_path / "imports").write_text("no folder")
    clock = Clock()
    clock.keep(tmp_path / "imports")
    host.is_set(STEP)
    assert clock.read() == NOON


def test_without_a_name_for_the_hosts_start_too(
    host: Host, begin: Callable[[], Clock], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BOOT", tmp_path / "none")
    clock = begin()
    host.is_set(STEP)
    assert clock.read() == NOON and not (tmp_path / "imports").exists()


@pytest.mark.parametrize("broken", ["", "[1, 2", "[1, 2]", '{"since": 1}', "null", '["a", "b", "c"]'])
def test_a_broken_file_is_none(host: Host, begin: Callable[[], Clock], tmp_path: Path, broken: str) -> None:
    clock = begin()
    host.is_set(STEP)
    clock.read()
    (file,) = (tmp_path / "imports").iterdir()
    file.write_text(broken)
    assert begin().read() == host.time


def test_files_of_others_go_when_they_are_old(host: Host, begin: Callable[[], Clock], tmp_path: Path) -> None:
    host.is_set(-NOON + 100 * 86_400)  # files have the real time: that of the host is long before
    clock = begin()
    old, young = (tmp_path / "imports" / f".clock-{name}" for name in ("old", "young"))
    old.parent.mkdir()
    for file, days in ((old, 39), (young, 41)):
        file.touch()
        os.utime(file, (days * 86_400, days * 86_400))
    host.is_set(STEP)
    clock.read()
    assert not old.exists() and young.exists()


def test_who_is_stopped_between_two_readings_takes_it_for_no_step(
    host: Host, begin: Callable[[], Clock], log_lines: list[str]
) -> None:
    clock = begin()
    host.stalls = [HOUR]
    assert clock.read() == host.time
    host.stalls = [HOUR, 0, 40]
    assert clock.read() == host.time
    assert told(log_lines) == [] and clock.ahead() == 0


def test_released_it_is_the_hosts(host: Host, begin: Callable[[], Clock]) -> None:
    clock = begin()
    host.is_set(STEP)
    clock.release()
    assert clock.read() == host.time
