"""All rows that a check rejected can be taken home, until the file is decided on."""

import csv
from pathlib import Path

import pytest

from cabinet.billing import jobs, uploads
from cabinet.models import Audit, ImportJob
from cabinet.models.database import db
from cabinet.worker.purge import purge
from config import Settings
from tests.staff.test_import_decisions import DROP, NO_MONTH, PERIOD, RUN, bills, checked, state, this_month
from tests.visitor import Visitor


def downloaded(desk: Visitor, job: ImportJob) -> list[list[str]]:
    """The rows of the list without its head; [] where there is none."""
    answer = desk.client.get(f"/staff/import/{job.id}/rejects")
    if answer.status_code == 404:
        return []
    assert "attachment" in answer.headers["Content-Disposition"] and answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.get_data().decode("utf-8-sig")
    head, *rows = csv.reader(text.splitlines(), delimiter=";")
    assert head == ["Строка", "Лицевой счёт", "Причина"]
    return rows


def test_every_rejected_row_is_listed(desk: Visitor) -> None:
    job = checked(desk, bills(10, bad=3000))
    link = desk.one("a[href*='/rejects']")
    assert "Скачать все отклонённые строки" in link.get_text() and str(job.id) in str(link["href"])
    rows = downloaded(desk, job)
    assert len(rows) == 3000 and rows[0] == ["12", "900", "сумма не разобрана"]
    assert rows[-1][:2] == ["3011", "3899"]
    assert Audit.get(Audit.action == "staff-import-rejects-downloaded").subject == job.id


def test_no_cell_of_it_is_a_formula(desk: Visitor) -> None:
    job = checked(desk, bills(40, bad=1))
    uploads.rejects_of(job).write_text("2,=1+1,@x\n", encoding="utf-8")
    assert downloaded(desk, job) == [["2", "'=1+1", "'@x"]]


@pytest.mark.parametrize("form", [RUN, DROP])
def test_it_goes_with_the_file(desk: Visitor, settings: Settings, form: str) -> None:
    job = checked(desk, bills(40, bad=1))
    assert uploads.rejects_of(job).stat().st_mode & 0o777 == 0o600 and downloaded(desk, job)
    desk.fill_and_submit(form)
    jobs.run_next()
    assert not list(Path(settings.imports_folder).iterdir()) and downloaded(desk, job) == []
    desk.reload()
    assert not desk.page.select("a[href*='/rejects']")


def test_one_left_over_goes(desk: Visitor, settings: Settings) -> None:
    job = checked(desk, bills(40, bad=1))
    assert purge()["imports"] == 0, "it is still wanted"
    with db.atomic():
        ImportJob.update(state="done").where(ImportJob.id == job.id).execute()
    assert purge()["imports"] == 2 and not list(Path(settings.imports_folder).iterdir())


def test_a_second_check_lists_anew(desk: Visitor) -> None:
    job = checked(desk, NO_MONTH + "\n777;г. Клин;Ёлкина Анна;много;")
    assert not desk.page.select("a[href*='/rejects']")
    for _ in range(2):
        desk.fill_and_submit(PERIOD, period=this_month())
        assert jobs.run_next()
        desk.reload()
        assert [row[1] for row in downloaded(desk, job)] == ["777"]


def test_of_a_file_of_rejects_alone_the_list_can_be_taken(desk: Visitor) -> None:
    job = checked(desk, bills(0, bad=3))
    assert "ни одной строки, которую можно загрузить" in desk.text
    assert len(downloaded(desk, job)) == 3 and not desk.page.select(RUN)
    desk.fill_and_submit(DROP)
    assert state(job) == "failed" and downloaded(desk, job) == []
