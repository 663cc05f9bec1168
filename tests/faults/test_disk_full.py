"""Disks that are really full: what was typed is kept, and with room again all goes on by itself."""

import dataclasses
import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from cabinet.models import ConnectionRequest, ImportJob, Staff
from config import Settings
from tests.placing import at_desk
from tests.requests import files
from tests.requests.conftest import REQUEST, to_request
from tests.staff.test_imports import CSV
from tests.visitor import Visitor

MEGABYTES = 4


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk can be made here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def settings(settings: Settings, disk: Path) -> Settings:
    return dataclasses.replace(settings, uploads_folder=f"{disk}/uploads", imports_folder=f"{disk}/imports")


def fill(disk: Path) -> Path:
    """Leave no room; returns what takes it."""
    taker = disk / "taker"
    with open(taker, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return taker


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_files_of_residents_and_staff(app: Flask, disk: Path, receipt: dict[str, str]) -> None:
    desk, guest = at_desk(Visitor(app), Staff.add("olga@example.org", "clerk", "hash")), Visitor(app)
    to_request(guest)
    desk.get("/staff/imports")
    taker = fill(disk)
    guest.fill_and_submit(**REQUEST, receipt=(io.BytesIO(files.image()), "photo.jpg"))
    assert "без него" in guest.error("receipt") and guest.value("city") == REQUEST["city"]
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO(CSV.encode()), "a.csv"))
    assert desk.status == 503 and "нет места" in desk.error("file")
    assert not ConnectionRequest.select().exists() and not ImportJob.select().exists()
    taker.unlink()
    guest.fill_and_submit(receipt=(io.BytesIO(files.image()), "photo.jpg"))
    assert ConnectionRequest.get().receipt, guest.text
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO(CSV.encode()), "a.csv"))
    assert ImportJob.select().count() == 1


class TestTheDatabases:
    """It is SQLite's: PostgreSQL answers as one that is away."""

    @pytest.fixture
    def database_url(self, sqlite_template: Path, disk: Path) -> str:
        shutil.copyfile(sqlite_template, disk / "cabinet.db")
        return f"sqlite:///{disk}/cabinet.db"

    def test_what_cannot_be_written_is_sent_again_by_one_press(self, app: Flask, disk: Path) -> None:
        taker = fill(disk)
        for number in range(200):  # there is room in SQLite's own files at first
            guest = Visitor(app)
            guest.get("/")
            guest.fill_and_submit(phone=f"+7916{number:07}", consent="y")
            if guest.status == 503:
                break
        assert guest.status == 503 and "не отвечает" in guest.text, guest.text
        assert guest.client.get("/readyz").text.startswith("write")
        for path in ("/", "/help"):
            assert guest.client.get(path).status_code == 200, "what needs no row opens"
        taker.unlink()
        guest.fill_and_submit()
        assert guest.status == 200 and guest.path == "/code", guest.text
        assert guest.client.get("/readyz").status_code == 200
