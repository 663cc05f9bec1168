"""The folder where a host's processes tell each other of the time."""

import os
from pathlib import Path

import pytest
import time_machine

from cabinet.models import clock as module
from cabinet.models.clock import Clock
from tests.forked import holds_in_a_child
from tests.models.set_host import NOON, Host


def test_root_makes_no_folder_that_keeps_others_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[Path, int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda *what: given.append(what))
    with time_machine.travel(NOON, tick=False) as traveller:
        host, clock = Host(traveller), Clock()
        monkeypatch.setattr(module, "since_start", host.since_start)
        clock.keep(tmp_path / "imports")
        host.is_set(7200)
        clock.read()
    above = tmp_path.stat()
    assert given == [(tmp_path / "imports", above.st_uid, above.st_gid)]


def test_what_a_process_of_before_deletes_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        host, clock, later = Host(traveller), Clock(), Clock()
        monkeypatch.setattr(module, "since_start", host.since_start)
        clock.keep(tmp_path)
        host.is_set(7200)
        clock.read()
        (file,) = tmp_path.iterdir()
        file.unlink()
        assert clock.read() == NOON and file.exists()
        written = file.stat().st_ino
        assert clock.read() == NOON and file.stat().st_ino == written, "once"
        later.keep(tmp_path)
        assert later.read() == NOON, "on the same course"


def test_the_folder_is_its_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        host, clock = Host(traveller), Clock()
        monkeypatch.setattr(module, "since_start", host.since_start)
        clock.keep(tmp_path / "above" / "imports")
        host.is_set(7200)
        clock.read()
    assert (tmp_path / "above" / "imports").stat().st_mode & 0o777 == 0o700


def test_a_child_of_a_parent_that_never_looked_begins_by_the_hosts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        host, clock = Host(traveller), Clock()
        monkeypatch.setattr(module, "since_start", host.since_start)
        clock.keep(tmp_path)
        host.is_set(7200)
        assert holds_in_a_child(lambda: clock.read() == host.time)
        assert clock.read() == NOON
