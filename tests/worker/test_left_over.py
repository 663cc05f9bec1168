"""Files that were left over go; those in hand stay, also where the host's clock has just been set."""

import os
import time
from pathlib import Path

import peewee
import pytest

from cabinet.billing import folder, uploads
from cabinet.models.clock import clock
from cabinet.receipts import store

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("age", "ahead", "stays"),
    [
        (60, 0, True),
        (4000, 0, False),
        (7260, -7200, True),  # written a minute ago, and then the host's clock was set forward
        (60, 7200, True),  # and back
        (11000, -7200, False),
    ],
)
def test_files_in_hand_stay(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch, age: float, ahead: float, stays: bool
) -> None:
    monkeypatch.setattr(clock, "read", lambda: time.time() + ahead)
    billing, receipt = folder.folder() / "a.csv", store.folder() / (store.NEW + "0" * 32)
    for path in (billing, receipt):
        path.touch()
        os.utime(path, (time.time() - age,) * 2)
    uploads.discard_left_over()
    assert billing.exists() is stays and store.left_over() == ([] if stays else ["0" * 32])


def test_what_processes_hold_of_the_time_stays(database: peewee.Database) -> None:
    held: Path = folder.folder() / ".clock-of-this-host"
    held.touch()
    os.utime(held, (0, 0))
    assert uploads.discard_left_over() == 0 and held.exists()
