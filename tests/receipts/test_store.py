"""A receipt is on the disk, its name too, before anybody is told that it was kept."""

import os
import stat
from pathlib import Path

import peewee
import pytest

from cabinet.receipts import store
from config import Settings


def test_file_and_folder_are_synced(
    database: peewee.Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def watch(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        synced.append(f"{kind} of {os.fstat(handle).st_size}" if kind == "file" else kind)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", watch)
    name = store.keep(b"receipt")
    assert synced == ["file of 7", "folder"]
    store.settle(name)
    assert synced == ["file of 7", "folder", "folder"]
    assert (Path(settings.uploads_folder) / name).read_bytes() == b"receipt"
