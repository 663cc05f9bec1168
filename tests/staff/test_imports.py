"""Billing files through the browser: checked, run, reported; nothing happens without staff's word."""

import errno
import io
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cabinet.billing import jobs, uploads
from cabinet.models import Account, Audit, ImportJob
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.staff import imports
from cabinet.worker.purge import purge
from config import Settings
from tests.billing.formats import writers
from tests.billing.formats.truth import homes
from tests.visitor import Visitor

CSV = "account;period;amount_due;address\n100;2026-10;12,50;г. Клин, ул. Дачная, д. 3\n"


@pytest.fixture
def folder(settings: Settings) -> Path:
    return Path(settings.imports_folder)


def upload(desk: Visitor, text: str | bytes = CSV) -> ImportJob:
    content = text.encode() if isinstance(text, str) else text
    desk.get("/staff/imports")
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO(content), "../b.csv"))
    newest = ImportJob.select().order_by(ImportJob.created_at.desc()).first()
    assert isinstance(newest, ImportJob)
    return newest


def test_check_then_run(desk: Visitor, folder: Path) -> None:
    job = upload(desk)
    assert "Проверяем" in desk.text
    assert jobs.run_next() and not jobs.run_next()
    assert not Account.select().exists(), "a check changes nothing"
    desk.get(f"/staff/import/{job.id}")
    assert "Проверен" in desk.text and "октябрь 2026" in desk.text
    desk.fill_and_submit("form[action$='/run']")
    assert "Загружаем" in desk.text
    assert jobs.run_next()
    assert Account.get().number == "100"
    desk.get("/staff/imports")
    assert "Загружен" in desk.text
    assert not list(folder.iterdir()), "the file does not stay"
    actions = [a.action for a in Audit.select().where(Audit.subject == job.id).order_by(Audit.id)]
    seen = "staff-import-seen"
    assert actions == ["staff-import-uploaded", seen, seen, "staff-import-ordered", seen]


def test_a_workbook_is_checked_and_run(desk: Visitor, folder: Path, tmp_path: Path) -> None:
    file = writers.xlsx(tmp_path / "a.xlsx", homes(12))
    desk.get("/staff/imports")
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO(file.read_bytes()), "начисления.xlsx"))
    assert jobs.run_next()
    job = ImportJob.get()
    assert (job.state, job.name) == ("checked", "начисления.xlsx")
    job.order_run()
    assert jobs.run_next()
    assert Account.select().count() == 12 and not list(folder.iterdir())


@pytest.mark.parametrize("text", ["", "x", "a;b\n1;2\n", "\0\0"])
def test_what_is_no_billing_file(desk: Visitor, text: str) -> None:
    job = upload(desk, text)
    assert jobs.run_next()
    desk.get(f"/staff/import/{job.id}")
    assert "Не загружен" in desk.text and not Account.select().exists()


def test_nobody_else_of_the_machine_reads_the_file(desk: Visitor, folder: Path) -> None:
    job = upload(desk)
    path = uploads.path_of(job)
    assert path.parent == folder and folder.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600
    assert desk.client.get(f"/var/imports/{path.name}").status_code == 404


def test_a_broken_upload_leaves_nothing(settings: Settings, app: Flask, folder: Path) -> None:
    class Broken:
        def save(self, dst: Any) -> None:
            dst.write(b"account;")
            raise OSError

    with pytest.raises(OSError):
        uploads.keep(ImportJob(id="x"), Broken())
    assert list(folder.iterdir()) == []


def test_left_over_files_go(desk: Visitor, folder: Path) -> None:
    wanted, checked, forgotten, done = (upload(desk) for _ in range(4))
    for job, state, days in ((checked, "checked", 6), (forgotten, "checked", 8), (done, "done", 0)):
        with db.atomic():
            ImportJob.update(state=state, finished_at=now() - timedelta(days=days)).where(
                ImportJob.id == job.id
            ).execute()
    for name, age in (("new.csv", 60), ("old.csv", 7200)):
        (folder / name).write_text("x")
        os.utime(folder / name, (time.time() - age,) * 2)
    assert purge()["imports"] == 3
    assert {path.name for path in folder.iterdir()} == {f"{wanted.id}.csv", f"{checked.id}.csv", "new.csv"}
    desk.get(f"/staff/import/{forgotten.id}")
    assert "Не загружен" in desk.text and not ImportJob.get_by_id(forgotten.id).order_run()


def test_run_is_ordered_once_and_only_after_the_check(desk: Visitor) -> None:
    job = upload(desk)
    assert not job.order_run()
    jobs.run_next()
    checked = ImportJob.get_by_id(job.id)
    assert checked.order_run() and not checked.order_run()


def test_job_of_a_dead_worker_is_taken_over(
    desk: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:

    from cabinet.models import import_job

    upload(desk)
    first = ImportJob.claim_next()
    assert first and ImportJob.claim_next() is None
    monkeypatch.setattr(import_job, "LEASE", -1)
    second = ImportJob.claim_next()
    assert second and not first.report_progress(1) and second.report_progress(1)


def test_too_large_is_refused_in_the_words_of_the_staff(
    desk: Visitor, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(imports, "LARGEST", 300 * 1024)
    desk.get("/staff/imports")
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO(b"x" * 280 * 1024), "a.csv"))
    assert ImportJob.select().count() == 1
    desk.get("/staff/imports")
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO(b"x" * 380 * 1024), "a.csv"))
    assert desk.status == 413 and ImportJob.select().count() == 1
    assert desk.error("file").startswith("Файл больше 1 ГБ") and desk.title == "Загрузки"
    assert len(list(folder.iterdir())) == 1
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO(CSV.encode()), "a.csv"))
    assert ImportJob.select().count() == 2, "the page lets another one be sent"


@pytest.mark.parametrize("where", ["while it comes", "while it is saved"])
def test_a_full_disk_is_told_to_the_clerk(
    desk: Visitor, monkeypatch: pytest.MonkeyPatch, folder: Path, where: str
) -> None:
    def full(*_values: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    desk.get("/staff/imports")
    with monkeypatch.context() as there:
        there.setattr(imports, "TemporaryFile" if where == "while it comes" else "keep", full)
        desk.fill_and_submit("form[enctype]", file=(io.BytesIO(CSV.encode()), "a.csv"))
    assert desk.status == 503 and "нет места" in desk.error("file") and desk.title == "Загрузки"
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO(CSV.encode()), "a.csv"))
    assert ImportJob.select().count() == 1


def test_too_large_is_refused_before_it_is_read(desk: Visitor) -> None:
    desk.get("/staff/imports")

    class Body(io.BytesIO):
        def read(self, *_size: int | None) -> bytes:
            raise AssertionError("the body is read")

    answer = desk.client.post(
        "/staff/imports",
        input_stream=Body(),
        environ_overrides={"CONTENT_LENGTH": str(2 * 1024**3)},
        content_type="multipart/form-data; boundary=x",
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 413 and "Файл больше 1 ГБ" in answer.get_data(as_text=True)


def test_a_file_comes_to_the_disk_of_the_imports_at_once(
    desk: Visitor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = folder.parent / "elsewhere"
    monkeypatch.setattr(imports, "folder", lambda: elsewhere)
    with pytest.raises(AssertionError):
        upload(desk)
    assert desk.status == 503 and "папка недоступна" in desk.error("file")
    elsewhere.mkdir()
    assert uploads.path_of(upload(desk)).read_text() == CSV


def test_strangers_may_not_send_much(app: Flask) -> None:
    answer = app.test_client().post("/staff/imports", data={"file": (io.BytesIO(b"x" * 300 * 1024), "a.csv")})
    assert answer.status_code in (400, 413)
