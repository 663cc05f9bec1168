"""The code of before, taken from the history of this checkout."""

import io
import os
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from config import ROOT
from tests.missing import MISSING

RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) ", re.M)


def git(*command: str) -> bytes:
    """What git says. Skips the test where a clone is shallow or is none: that is nobody's mistake."""
    try:
        return subprocess.run(["git", *command], cwd=ROOT, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(MISSING + "no history to take the code of before from (git fetch --unshallow)")


def unpack(commit: str, folder: Path) -> None:
    """Have the files of a commit in a folder."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
        archive.extractall(folder, filter="data")


def release() -> str:
    """The commit of the newest release: its tag, or the first one with its heading in the changelog."""
    newest = RELEASE.search((ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert newest
    tagged = subprocess.run(["git", "rev-parse", f"v{newest[1]}^{{commit}}"], cwd=ROOT, capture_output=True)
    if tagged.returncode == 0:
        return tagged.stdout.decode().strip()
    having = git("log", "--format=%H", f"-S## {newest[1]} ", "--", "CHANGELOG.md").split()
    if not having:
        pytest.skip(MISSING + "no history that goes back to the release (git fetch --unshallow)")
    return having[-1].decode()


def environment(**changes: str) -> dict[str, str]:
    """Ours, without what pytest has put into it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return kept | changes
