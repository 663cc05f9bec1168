"""The page of a file follows the work by itself, and stops when there is nothing more to follow."""

from cabinet.billing import jobs
from cabinet.models import Audit, ImportJob
from cabinet.models.database import db
from tests.staff.test_imports import upload
from tests.visitor import Visitor

HTMX = {"HX-Request": "true"}


def progress(desk: Visitor, job: ImportJob) -> tuple[str, str | None]:
    """What the open page gets when it asks how far it is, and where it puts it."""
    answer = desk.client.get(f"/staff/import/{job.id}?follow=1", headers=HTMX)
    assert answer.status_code == 200
    return answer.get_data(as_text=True), answer.headers.get("HX-Retarget")


def test_the_page_asks_while_there_is_work_and_then_shows_what_came_of_it(desk: Visitor) -> None:
    job = upload(desk)
    desk.get(f"/staff/import/{job.id}")
    work = desk.one("#work")
    assert work["hx-trigger"] == "every 2s" and str(job.id) in str(work["hx-get"])
    assert desk.one("progress")["value"] == "0"
    claimed = ImportJob.claim_next()
    assert claimed and claimed.report_progress(job.size // 2)
    seen = Audit.select().where(Audit.action == "staff-import-seen").count()
    html, place = progress(desk, job)
    assert place == "#work" and 'value="50"' in html and "every 2s" in html and "<h1" not in html
    assert Audit.select().where(Audit.action == "staff-import-seen").count() == seen, "it is one look"
    with db.atomic():
        ImportJob.update(alive_at=None).where(ImportJob.id == job.id).execute()
    assert jobs.run_next()
    html, place = progress(desk, job)
    assert place is None and "Проверен" in html and "<h1" in html and "every 2s" not in html
    assert Audit.select().where(Audit.action == "staff-import-seen").count() == seen + 1


def test_without_scripts_the_page_reloads_and_has_a_link(desk: Visitor) -> None:
    job = upload(desk)
    desk.get(f"/staff/import/{job.id}")
    assert desk.one("head noscript meta")["http-equiv"] == "refresh"
    desk.follow("Обновить")
    assert "Проверяем" in desk.text
    assert jobs.run_next()
    desk.reload()
    assert "Проверен" in desk.text and not desk.page.select("noscript, progress")


def test_whoever_is_signed_out_meanwhile_gets_the_whole_sign_in(desk: Visitor, clerk: object) -> None:
    job = upload(desk)
    desk.client.delete_cookie("cabinet")
    answer = desk.client.get(f"/staff/import/{job.id}?follow=1", headers=HTMX)
    assert answer.headers["HX-Retarget"] == "#step" and 'id="step"' in answer.get_data(as_text=True)
