"""A checked file goes in by the staff's word alone: its month, its warnings, its rejects, one by one."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from cabinet.billing import jobs
from cabinet.models import Account, Audit, Charge, ImportJob
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.worker.purge import purge
from config import Settings
from tests.placing import at_desk
from tests.staff.conftest import member
from tests.staff.test_imports import upload
from tests.visitor import Visitor, double

HEAD = "Лицевой счет;Адрес;ФИО;К оплате;Итого"
NO_MONTH = "\n".join([HEAD, *(f"{n};г. Клин, д. {n};Ёлкина Анна;{n},50;" for n in range(100, 140))])
RUN, PERIOD, DROP = "form[action$='/run']", "form[action$='/period']", "form[action$='/drop']"


def bills(count: int = 40, month: str = "2026-10", bad: int = 0, due: str = "12,50") -> str:
    rows = [f"{n};{month};{due};г. Клин, ул. Дачная, д. {n};Ёлкина" for n in range(100, 100 + count)]
    rows += [f"{n};{month};много;г. Клин, ул. Дачная, д. {n};Ёлкина" for n in range(900, 900 + bad)]
    return "\n".join(["account;period;amount_due;address;last_name", *rows])


def checked(desk: Visitor, text: str | bytes) -> ImportJob:
    """Upload and check."""
    job = upload(desk, text)
    assert jobs.run_next()
    desk.get(f"/staff/import/{job.id}")
    return job


def state(job: ImportJob) -> str:
    return str(ImportJob.get_by_id(job.id).state)


def this_month() -> str:
    return f"{now():%Y-%m}"


def test_the_month_of_a_file_that_names_none_is_asked_and_never_guessed(desk: Visitor) -> None:
    job = checked(desk, NO_MONTH)
    assert "Нужен ваш ответ" in desk.text and "За какой расчётный период" in desk.text
    assert not desk.page.select(RUN)
    options = [option.get("value") for option in desk.page.select("select option")]
    assert len(options) == 14 and options[0] == "" and this_month() in options
    assert not desk.page.select("option[selected]"), "nothing is proposed"
    desk.fill_and_submit(PERIOD)
    assert desk.error("period") == "Ошибка: Выберите месяц из списка." and state(job) == "asking"
    desk.fill_and_submit(PERIOD, period="1999-01")
    assert desk.error("period") and state(job) == "asking"
    desk.fill_and_submit(PERIOD, period=this_month())
    assert "Проверяем" in desk.text
    assert jobs.run_next()
    desk.reload()
    assert "Проверен" in desk.text
    desk.fill_and_submit(RUN)
    assert jobs.run_next()
    assert {f"{charge.period:%Y-%m}" for charge in Charge.select()} == {this_month()}
    told = Audit.get(Audit.action == "staff-import-answered", Audit.subject == job.id)
    assert told.detail["period"] == f"{this_month()}-01"


def test_a_month_named_by_mistake_is_named_again(desk: Visitor) -> None:
    job = checked(desk, NO_MONTH)
    before = desk.page.select("select option")[3]["value"]
    for month in (this_month(), str(before)):
        desk.fill_and_submit(PERIOD, period=month)
        assert jobs.run_next()
        desk.reload()
    desk.fill_and_submit(RUN)
    assert jobs.run_next() and f"{Charge.get().period:%Y-%m}" == before and state(job) == "done"


def test_the_check_shows_what_was_understood(desk: Visitor) -> None:
    checked(desk, bills())
    desk.fill_and_submit(RUN)
    assert jobs.run_next()
    more = bills(50, "2026-11").replace("Дачная, д. 101", "Новая, д. 1").splitlines()
    text = "\n".join([f"{more[0]};Площадь", *(f"{line};50" for line in more[1:])])
    checked(desk, text)
    for words in ("UTF-8", "last_name фамилия", "Площадь не берём", "ноябрь 2026", "625,00 ₽", "500,00 ₽"):
        assert words in desk.text, words
    figures = [cell.get_text(" ", strip=True) for cell in desk.page.select("[aria-labelledby=months] td")]
    assert figures[7:] == ["до\xa0него октябрь 2026", "40", "500,00\xa0₽", ""]
    assert figures[3:7] == ["10 20,0\xa0%", "0 0,0\xa0%", "—", "1 2,5\xa0%"]
    samples = desk.page.select("[aria-labelledby=samples] tbody tr")
    first = [cell.get_text().replace("\xa0", " ") for cell in samples[0].select("td")]
    assert len(samples) == 5 and first == ["100", "г. Клин, ул. Дачная, д. 100", "Ёлкина", "12,50 ₽"]


def test_each_warning_is_accepted_by_itself(desk: Visitor) -> None:
    checked(desk, bills())
    desk.fill_and_submit(RUN)
    assert jobs.run_next()
    job = checked(desk, bills(15, "2026-11", due="1250,00"))
    ticks = [str(tick["name"]) for tick in desk.page.select(f"{RUN} [type=checkbox]")]
    assert ticks == ["accept-month-smaller", "accept-sums-scaled"]
    assert not desk.page.select("[type=checkbox][checked]")
    desk.fill_and_submit(RUN, **{ticks[0]: "y"})
    assert state(job) == "checked"
    assert not desk.error(ticks[0]) and desk.error(ticks[1]) == "Ошибка: Отметьте, если всё так."
    assert desk.value(ticks[0]) == "y", "what was ticked stays"
    assert desk.status == (422 if desk.htmx else 200)
    desk.fill_and_submit(RUN, **dict.fromkeys(ticks, "y"))
    assert jobs.run_next() and state(job) == "done"
    told = Audit.get(Audit.action == "staff-import-ordered", Audit.subject == job.id)
    assert told.detail["accept"] == ["month-smaller", "sums-scaled"]


def test_many_rejects_are_passed_over_with_open_eyes_only(desk: Visitor) -> None:
    job = checked(desk, bills(40, bad=10))
    assert "40 загрузим, 10 пропустим" in desk.text and "900" in desk.text
    reasons = [cell.get_text(" ", strip=True) for cell in desk.page.select("[aria-labelledby=rejects] td")]
    assert reasons[1] == "10" and reasons[2].startswith("42: 900 , 43: 901")
    desk.fill_and_submit(RUN)
    assert desk.error("accept-rejects") and state(job) == "checked"
    desk.fill_and_submit(RUN, **{"accept-rejects": "y"})
    assert jobs.run_next() and state(job) == "done" and Account.select().count() == 40


def test_few_rejects_need_no_word(desk: Visitor) -> None:
    job = checked(desk, bills(40, bad=1))
    assert not desk.page.select("[type=checkbox]")
    desk.fill_and_submit(RUN)
    assert jobs.run_next() and state(job) == "done"


def test_what_became_implausible_after_the_check_is_asked_about(desk: Visitor) -> None:
    job = checked(desk, bills(20, "2026-11"))
    other = checked(desk, bills(90))
    desk.fill_and_submit(RUN)
    assert jobs.run_next() and state(other) == "done"
    desk.get(f"/staff/import/{job.id}")
    desk.fill_and_submit(RUN)
    assert jobs.run_next() and state(job) == "checked"
    desk.reload()
    assert "После проверки данные изменились" in desk.text and Charge.select().count() == 90
    desk.fill_and_submit(RUN, **{"accept-month-smaller": "y"})
    assert jobs.run_next() and state(job) == "done"


def test_a_file_is_dropped(desk: Visitor, settings: Settings) -> None:
    job = checked(desk, bills())
    desk.fill_and_submit(DROP)
    assert "Не загружен" in desk.text and "решили не загружать" in desk.text
    assert not desk.page.select(f"{RUN}, {DROP}") and "Ёлкина" not in desk.text
    assert not list(Path(settings.imports_folder).iterdir()) and not jobs.run_next()
    assert [a.action for a in Audit.select().where(Audit.subject == job.id).order_by(Audit.id)][-2:] == [
        "staff-import-dropped",
        "staff-import-seen",
    ]


@pytest.mark.parametrize("form", [RUN, DROP])
def test_a_second_press_changes_nothing(desk: Visitor, app: Flask, form: str) -> None:
    job = checked(desk, bills())
    again = double(desk, app)
    desk.fill_and_submit(form)
    done = state(job)
    again.fill_and_submit(form)
    assert "уже что-то сделали" in again.text and state(job) == done


def test_two_clerks_decide_once_and_on_what_they_saw(desk: Visitor, app: Flask) -> None:
    job = checked(desk, NO_MONTH)
    other = at_desk(Visitor(app), member("olga@example.org"))
    other.get(f"/staff/import/{job.id}")
    stale = other.csrf_token
    desk.fill_and_submit(PERIOD, period=this_month())
    other.fill_and_submit(PERIOD, period=this_month())
    assert "уже что-то сделали" in other.text
    assert jobs.run_next() and not jobs.run_next()
    finished = ImportJob.get_by_id(job.id).finished_at
    assert finished
    old = finished - timedelta(seconds=1)
    other.post(f"/staff/import/{job.id}/run", {"csrf_token": stale, "check": old.isoformat()})
    assert "уже что-то сделали" in other.text and state(job) == "checked", "another check than the one seen"


def test_presses_out_of_turn_change_nothing(desk: Visitor) -> None:
    job = checked(desk, bills())
    desk.fill_and_submit(RUN)
    token = desk.value("csrf_token") if desk.page.select("[name=csrf_token]") else ""
    for what in ("run", "period", "drop"):
        desk.get("/staff/imports")
        token = desk.csrf_token
        desk.post(f"/staff/import/{job.id}/{what}", {"csrf_token": token, "period": "x"})
        assert "уже что-то сделали" in desk.text and state(job) == "running"
        assert desk.client.post("/staff/import/nobody/" + what).status_code in (400, 403, 404)


def test_rows_of_people_are_kept_until_it_is_decided(desk: Visitor) -> None:
    jobs_of = [checked(desk, bills()) for _ in range(3)]
    assert all(ImportJob.get_by_id(job.id).samples for job in jobs_of)
    done, dropped, forgotten = jobs_of
    desk.get(f"/staff/import/{done.id}")
    desk.fill_and_submit(RUN)
    assert jobs.run_next()
    desk.get(f"/staff/import/{dropped.id}")
    desk.fill_and_submit(DROP)
    with db.atomic():
        long_ago = now() - timedelta(days=8)
        ImportJob.update(finished_at=long_ago).where(ImportJob.id == forgotten.id).execute()
    purge()
    for job in jobs_of:
        row = ImportJob.get_by_id(job.id)
        assert row.samples is None and "Ёлкина" not in str(row.report)
        desk.get(f"/staff/import/{job.id}")
        assert "Ёлкина" not in desk.text and "Принято 40" in desk.text


def test_the_answers_outlive_a_worker(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    from cabinet.models import import_job

    job = checked(desk, bills(40, bad=10))
    desk.fill_and_submit(RUN, **{"accept-rejects": "y"})
    assert ImportJob.claim_next(), "and this worker dies"
    monkeypatch.setattr(import_job, "LEASE", -1)
    assert jobs.run_next() and state(job) == "done"


def test_samples_are_in_no_log(desk: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    checked(desk, bills(40, bad=10))
    assert "Ёлкина" not in caplog.text
