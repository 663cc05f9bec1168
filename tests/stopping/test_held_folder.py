"""What a killed process leaves in a folder of its own goes when the next one begins; nothing else does."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cabinet.serve.held_folder import held_folder
from config import ROOT

HOLDER = """
import sys
from cabinet.serve.held_folder import held_folder
with held_folder("figures") as folder:
    (folder / "1.json").write_text("{}")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where folders are made, here and in children."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@contextmanager
def another() -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A process that holds a folder, which has something in it."""
    command = [sys.executable, "-c", HOLDER]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_it_goes_when_its_owner_ends(place: Path) -> None:
    with held_folder("figures") as folder:
        (folder / "1.json").touch()
        assert folder.parent == place and folder.stat().st_mode & 0o777 == 0o700
    assert not list(place.iterdir())


def test_that_of_a_killed_process_goes_with_the_next_start() -> None:
    with another() as (process, left):
        process.kill()
        process.wait()
        assert (left / "1.json").exists()
        with held_folder("figures") as folder:
            assert not left.exists() and folder.exists()


def test_the_dead_are_buried_first() -> None:
    seen: list[tuple[str, bool]] = []

    def bury(path: str) -> None:
        seen.append((path, Path(path, "1.json").exists()))

    with another() as (process, left):
        process.kill()
        process.wait()
        with held_folder("figures", bury):
            assert seen == [(str(left), True)]


def test_that_of_the_living_stays() -> None:
    with another() as (_, theirs), held_folder("figures"), held_folder("figures") as folder:
        assert (theirs / "1.json").exists() and folder.exists() and folder != theirs


def test_what_is_of_another_kind_or_no_folder_stays(place: Path) -> None:
    kept = [place / "cabinet-ready.aaaaaaaa", place / "cabinet-figures-aaaaaaaa", place / "else"]
    for folder in kept:
        folder.mkdir()
        (folder / "1.json").touch()
    kept += [place / "cabinet-figures.link", place / "cabinet-figures.file"]
    kept[-2].symlink_to(place / "else")
    kept[-1].touch()
    with held_folder("figures"):
        assert all(path.exists() for path in kept) and (place / "else" / "1.json").exists()
