"""A layout that staff have named is known again the next month; they may change or forget it."""

import io
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from cabinet.billing import jobs
from cabinet.billing.mapping import key_of
from cabinet.models import Account, Audit, ColumnMap, ImportJob
from cabinet.models.database import db
from tests.billing.formats import writers
from tests.staff.test_import_columns import (
    NAME,
    RIGHT,
    TITLES,
    loaded,
    named,
    selects,
    strange,
    with_month,
)
from tests.staff.test_import_decisions import checked, state
from tests.visitor import Visitor, double

CHANGE, FORGET = "form[action$='/change']", "form[action$='/forget']"


def checked_file(desk: Visitor, text: str) -> ImportJob:
    """Upload only."""
    desk.get("/staff/imports")
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO(text.encode()), "b.csv"))
    newest = ImportJob.select().order_by(ImportJob.created_at.desc()).first()
    assert isinstance(newest, ImportJob)
    return newest


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_it_is_known_again_without_asking(desk: Visitor, mark: str) -> None:
    loaded(desk, named(desk))
    titles = ("КОД ПЛАТЕЛЬЩИКА:", "Куда*", "Кто", "Паспорт", "Сколько, руб.")
    job = with_month(desk, checked_file(desk, strange(40, titles=titles, mark=mark)))
    assert state(job) == "checked" and "ваша раскладка" in desk.text
    assert "её сделал сотрудник clerk@example.org" in desk.text
    loaded(desk, job)
    assert Account.select().count() == 40
    assert Audit.select().where(Audit.action == "columns-saved").count() == 1, "there was nothing new to save"


def test_a_workbook_of_the_same_titles_is_known_too(desk: Visitor, tmp_path: Path) -> None:
    loaded(desk, named(desk))
    rows = [[str(n), f"г. Клин ул. Дачная д. {n}", "Ёлкина Анна", "4510", n + 0.5] for n in range(100, 130)]
    file = writers.workbook(tmp_path / "a.xlsx", {"Лист1": [list(TITLES), *rows]})
    desk.get("/staff/imports")
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO(file.read_bytes()), "a.xlsx"))
    job = ImportJob.select().order_by(ImportJob.created_at.desc()).first()
    assert job
    with_month(desk, job)
    assert "книга Excel, ваша раскладка" in desk.text.replace("\xa0", " ")


def test_a_saved_layout_that_does_not_suit_the_rows_is_asked_about(desk: Visitor) -> None:
    rows = [(str(n), str(n + 7), f"г. Клин, ул. Дачная, д. {n}", f"{n},50") for n in range(100, 140)]
    chosen = {"column-0": "account", "column-1": "", "column-2": "address", "column-3": "amount_due"}
    loaded(desk, named(desk, "\n".join(map(";".join, rows)), **chosen))
    other = "\n".join(";".join((c, b, a, d)) for a, b, c, d in rows)
    job = checked(desk, other)
    assert state(job) == "asking" and selects(desk) == chosen, "proposed, not taken"


def test_a_layout_is_named_anew(desk: Visitor) -> None:
    loaded(desk, named(desk))
    job = with_month(desk, checked_file(desk, strange(40)))
    desk.fill_and_submit(CHANGE)
    assert jobs.run_next()
    desk.reload()
    assert state(job) == "asking" and selects(desk) == RIGHT, "as it was"
    desk.fill_and_submit(NAME, **{**RIGHT, "column-2": "", "column-4": "amount_charged"})
    assert jobs.run_next()
    desk.reload()
    assert "запомним" in desk.text and ColumnMap.get().columns["сколько"] == "amount_due"
    loaded(desk, job)
    assert ColumnMap.get().columns["сколько"] == "amount_charged"


def test_a_layout_is_forgotten_and_asked_about_again(desk: Visitor) -> None:
    loaded(desk, named(desk))
    job = with_month(desk, checked_file(desk, strange(40)))
    desk.fill_and_submit(FORGET)
    assert "раскладку удалили" in desk.text and not desk.page.select(FORGET)
    loaded(desk, job)
    assert not ColumnMap.select().exists() and Account.select().count() == 40
    assert state(checked(desk, strange(50))) == "asking"
    assert Audit.get(Audit.action == "columns-forgotten").subject == key_of(TITLES)


def test_saved_layouts_are_listed_and_can_be_forgotten_there(desk: Visitor, app: Flask) -> None:
    desk.get("/staff/imports")
    assert "Ваши раскладки" not in desk.text
    loaded(desk, named(desk))
    desk.get("/staff/imports")
    assert "«Код плательщика», «Куда»" in desk.text.replace("\xa0", " ") and "и ещё 1" in desk.text
    again = double(desk, app)
    desk.fill_and_submit(FORGET)
    assert desk.path == "/staff/imports" and not desk.page.select(FORGET)
    again.fill_and_submit(FORGET)
    assert "уже удалили" in again.text


def test_what_is_changed_or_gone_meanwhile_does_not_change_a_check(desk: Visitor) -> None:
    loaded(desk, named(desk))
    job = with_month(desk, checked_file(desk, strange(40)))
    with db.atomic():
        ColumnMap.update(columns={"сколько": "account"}).execute()
    desk.reload()
    assert "раскладку изменили, но этот файл проверен по прежней" in desk.text
    loaded(desk, job)
    assert Account.select().count() == 40 and ColumnMap.get().columns == {"сколько": "account"}


def test_a_change_while_the_first_check_waits_is_what_it_goes_by(desk: Visitor) -> None:
    loaded(desk, named(desk))
    job = checked_file(desk, strange(40))
    with db.atomic():
        ColumnMap.delete().execute()
    assert jobs.run_next() and state(job) == "asking", "gone before the check began: asked"


def test_each_file_of_an_archive_is_asked_about_by_itself(desk: Visitor, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("one.csv", strange(20))
        archive.writestr("two.csv", strange(40, titles=tuple(f"{title} там" for title in TITLES)))
    desk.get("/staff/imports")
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO((tmp_path / "a.zip").read_bytes()), "a.zip"))
    assert jobs.run_next()
    job = ImportJob.get()
    desk.get(f"/staff/import/{job.id}")
    assert "one.csv: Такого устройства" in desk.text.replace("\xa0", " ")
    desk.fill_and_submit(NAME, **RIGHT)
    with_month(desk, job)
    assert "two.csv: Такого устройства" in desk.text.replace("\xa0", " ")
    desk.fill_and_submit(NAME, **RIGHT)
    assert jobs.run_next()
    desk.reload()
    assert len(desk.page.select(CHANGE)) == 2 and "«Код плательщика там»" in desk.text.replace("\xa0", " ")
    loaded(desk, job)
    assert ColumnMap.select().count() == 2 and Account.select().count() == 40


def test_empty_columns_of_a_sheet_are_not_asked_about(desk: Visitor, tmp_path: Path) -> None:
    rows = [
        [str(n), f"г. Клин д. {n}", n + 0.5, *[None] * 5, "x" if n > 200 else None] for n in range(100, 230)
    ]
    file = writers.workbook(tmp_path / "a.xlsx", {"Лист1": [["Код", "Куда", "Сколько"], *rows]})
    desk.get("/staff/imports")
    desk.fill_and_submit("form[enctype]", file=(io.BytesIO(file.read_bytes()), "a.xlsx"))
    assert jobs.run_next()
    job = ImportJob.get()
    desk.get(f"/staff/import/{job.id}")
    assert set(selects(desk)) == {"column-0", "column-1", "column-2"}
    desk.fill_and_submit(NAME, **{"column-0": "account", "column-1": "address", "column-2": "amount_due"})
    loaded(desk, with_month(desk, job))
    assert Account.select().count() == 130
