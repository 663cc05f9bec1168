"""Staff take imports back and withdraw months, without a developer."""

from pathlib import Path

from flask import Flask
from flask.testing import FlaskCliRunner

from cabinet.billing import jobs
from cabinet.models import Account, Audit, BillingPeriod, ImportBatch, ImportJob, Staff
from cabinet.models.account import latest_periods
from cabinet.models.database import db
from tests.billing.files import row, write
from tests.markup import attribute
from tests.staff.test_imports import upload
from tests.visitor import Visitor

CSV = "account;period;amount_due;address\n" + "".join(
    f"{number};2026-10;12,50;г. Клин, ул. Дачная, д. {number}\n" for number in range(100, 140)
)


def imported(desk: Visitor, text: str = CSV) -> ImportJob:
    """Upload, check, import."""
    job = upload(desk, text)
    assert jobs.run_next()
    desk.get(f"/staff/import/{job.id}")
    desk.fill_and_submit("form[action$='/run']")
    assert jobs.run_next()
    desk.get(f"/staff/import/{job.id}")
    return job


def test_an_import_is_taken_back_after_a_question_by_the_worker(desk: Visitor, clerk: Staff) -> None:
    job = imported(desk)
    assert "Отменить загрузку?" in desk.text and "Жителям больше не будем предлагать" in desk.text
    facts = [dd.get_text() for dd in desk.page.select("details dd")]
    assert facts == ["40", "0"]
    assert [td.get_text() for td in desk.page.select("details td")][1:] == ["40", "0"]
    desk.fill_and_submit("form[action$='/undo']")
    assert "Отменяем загрузку" in desk.text and Account.select().exists()
    assert jobs.run_next() and not jobs.run_next()
    assert not Account.select().exists() and latest_periods() == []
    desk.reload()
    assert "Загрузка отменена" in desk.text and not desk.page.select("details")
    actions = [(a.action, a.actor) for a in Audit.select().where(Audit.subject == job.id).order_by(Audit.id)]
    assert ("staff-import-undo-ordered", clerk.actor) in actions
    assert ("billing-import-undone", clerk.actor) in actions


def test_it_is_taken_back_once(desk: Visitor) -> None:
    job = imported(desk)
    token = attribute(desk.one("form[action$='/undo'] [name=csrf_token]"), "value")
    for _ in range(2):
        desk.post(f"/staff/import/{job.id}/undo", {"csrf_token": token})
    assert "уже отменяют" in desk.text
    assert jobs.run_next()
    assert ImportJob.get_by_id(job.id).state == "undone"


def test_what_was_not_imported_cannot_be_taken_back(desk: Visitor) -> None:
    job = upload(desk, CSV)
    jobs.run_next()
    desk.get(f"/staff/import/{job.id}")
    assert not desk.page.select("details")
    token = desk.value("csrf_token")
    desk.post(f"/staff/import/{job.id}/undo", {"csrf_token": token})
    assert ImportJob.get_by_id(job.id).state == "checked"


def test_an_import_of_the_command_line_is_among_them(desk: Visitor, app: Flask, tmp_path: Path) -> None:
    file = write(tmp_path / "october.csv", [row(str(number)) for number in range(1, 10)])
    db.close()
    done = FlaskCliRunner(app).invoke(args=["billing", "import", str(file)])
    assert done.exit_code == 0, done.output
    db.connect(reuse_if_open=True)
    desk.get("/staff/imports")
    desk.get(attribute(desk.one("main td a"), "href"))
    assert "october.csv" in desk.text
    desk.fill_and_submit("form[action$='/undo']")
    assert jobs.run_next() and not Account.select().exists()


def test_a_job_that_was_in_when_the_worker_died_is_not_imported_twice(desk: Visitor) -> None:
    job = imported(desk)
    with db.atomic():
        ImportJob.update(state="running", claim=None, alive_at=None).where(ImportJob.id == job.id).execute()
    assert jobs.run_next()
    assert ImportJob.get_by_id(job.id).state == "done" and ImportBatch.select().count() == 1


def test_a_month_is_withdrawn_and_offered_by_one_press(desk: Visitor, clerk: Staff) -> None:
    imported(desk)
    assert latest_periods()
    desk.get("/staff/imports")
    assert "Предлагаем жителям" in desk.text
    desk.fill_and_submit("form[action$='/2026-10/withdraw']")
    assert "Отозван" in desk.text and latest_periods() == []
    desk.fill_and_submit("form[action$='/2026-10/offer']")
    assert "Предлагаем жителям" in desk.text and latest_periods()
    notes = Audit.select().where(Audit.subject == "2026-10", Audit.actor == clerk.actor)
    assert [n.action for n in notes.order_by(Audit.id)][-2:] == ["period-withdrawn", "period-offered"]
    assert all(n.ip for n in notes.where(Audit.action.startswith("period")))


def test_no_month_no_change(desk: Visitor) -> None:
    imported(desk)
    desk.get("/staff/imports")
    token = desk.value("csrf_token")
    desk.post("/staff/period/x/withdraw", {"csrf_token": token})
    assert desk.status == 404
    desk.get("/staff/imports")
    desk.post("/staff/period/2031-01/withdraw", {"csrf_token": token})
    assert "уже изменили" in desk.text and not BillingPeriod.get_or_none(BillingPeriod.accounts == 0)
