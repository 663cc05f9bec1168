"""Columns that nobody knows are named by hand, beside what stands in them."""

import pytest
from flask import Flask
from peewee import fn

from cabinet.billing import jobs
from cabinet.billing.mapping import key_of
from cabinet.models import Account, Audit, Charge, ColumnMap, ImportJob
from tests.placing import at_desk
from tests.staff.conftest import member
from tests.staff.test_import_decisions import DROP, PERIOD, RUN, checked, state, this_month
from tests.visitor import Visitor

NAME = "form[action$='/columns']"
TITLES = ("Код плательщика", "Куда", "Кто", "Паспорт", "Сколько")
RIGHT = {
    "column-0": "account",
    "column-1": "address",
    "column-2": "full_name",
    "column-4": "amount_due",
}


def strange(count: int = 30, due: str = "50", titles: tuple[str, ...] = TITLES, mark: str = ";") -> str:
    rows = [
        mark.join((str(n), f"г. Клин ул. Дачная д. {n}", "Ёлкина Анна", f"4510 {n}789", f"{n}.{due}"))
        for n in range(100, 100 + count)
    ]
    return "\n".join([mark.join(titles), *rows])


def named(desk: Visitor, text: str = "", **chosen: str) -> ImportJob:
    """Upload, name the columns and the month, and have it checked."""
    job = checked(desk, text or strange())
    desk.fill_and_submit(NAME, **(chosen or RIGHT))
    return with_month(desk, job)


def with_month(desk: Visitor, job: ImportJob) -> ImportJob:
    """Check, name the month that the file lacks, check again."""
    assert jobs.run_next()
    desk.get(f"/staff/import/{job.id}")
    assert "За какой расчётный период" in desk.text, desk.text
    desk.fill_and_submit(PERIOD, period=this_month())
    assert jobs.run_next()
    desk.reload()
    return job


def loaded(desk: Visitor, job: ImportJob) -> ImportJob:
    desk.fill_and_submit(
        RUN, **{str(tick["name"]): "y" for tick in desk.page.select(f"{RUN} [type=checkbox]")}
    )
    assert jobs.run_next() and state(job) == "done"
    return job


def selects(desk: Visitor) -> dict[str, str]:
    """What is chosen for each column."""
    found = {}
    for field in desk.page.select(f"{NAME} select"):
        chosen = field.select_one("option[selected]")
        found[str(field["name"])] = str(chosen["value"]) if chosen else ""
    return found


def test_columns_are_asked_with_samples_and_our_guesses(desk: Visitor) -> None:
    job = checked(desk, strange())
    assert state(job) == "asking" and "Мы не узнали столбцы этого файла" in desk.text
    assert not desk.page.select(f"{RUN}, {PERIOD}")
    labels = [label.get_text(strip=True) for label in desk.page.select(f"{NAME} .label")]
    assert labels == list(TITLES)
    for words in ("100", "104", "г. Клин ул. Дачная д. 100", "Ёлкина Анна", "100.50"):
        assert words in desk.text.replace("\xa0", " "), words
    assert "105" not in desk.text, "five rows"
    assert selects(desk) == RIGHT, "a guess is chosen"
    assert "789" not in desk.text and "не читаем" in desk.text, "of papers nothing is shown"
    assert "789" not in str(ImportJob.get_by_id(job.id).samples), "nor kept"


def test_a_named_layout_is_checked_imported_and_saved(desk: Visitor) -> None:
    job = named(desk)
    assert "Проверен" in desk.text and "ваша раскладка" in desk.text
    assert "запомним" in desk.text and not ColumnMap.select().exists(), "only when it is confirmed"
    loaded(desk, job)
    first = Account.get(Account.address == "г. Клин ул. Дачная д. 100")
    assert Account.select().count() == 30 and first.last_name == "Ёлкина"
    assert Charge.select(fn.MIN(Charge.amount_due)).scalar() == 10050
    kept = ColumnMap.get()
    assert kept.key == key_of(TITLES) and kept.titles == list(TITLES)
    chosen = ("account", "address", "full_name", "", "amount_due")
    assert kept.columns == dict(zip(map(str.lower, TITLES), chosen, strict=True))
    assert "Клин" not in str(kept.__data__) and "Ёлкина" not in str(kept.__data__)
    actions = [row.action for row in Audit.select().order_by(Audit.id) if "column" in row.action]
    assert actions == ["staff-import-columns-named", "columns-saved"]
    assert Audit.get(Audit.action == "columns-saved").actor.startswith("staff:")
    assert ImportJob.get_by_id(job.id).samples is None


WRONG: dict[str, tuple[dict[str, str], str, str]] = {
    "twice": ({"column-2": "address"}, "column-2", "уже выбрано для столбца «Куда»"),
    "no account there": ({"column-0": "", "column-1": "account"}, "column-1", "не номера лицевых счетов"),
    "no sum there": ({"column-2": "amount_charged"}, "column-2", "не суммы"),
    "no month there": ({"column-2": "period"}, "column-2", "не месяцы"),
    "no field": ({"column-2": "passport"}, "column-2", "Такого поля нет"),
    "no account": ({"column-0": ""}, "", "Не выбрано: номер лицевого счёта"),
    "no sum": ({"column-4": ""}, "", "Не выбрано: сумма к оплате или начислено"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_choice_is_told_and_stays(desk: Visitor, name: str) -> None:
    chosen, field, sentence = WRONG[name]
    job = checked(desk, strange())
    desk.fill_and_submit(NAME, **{**RIGHT, **chosen})
    assert sentence in (desk.error(field) if field else desk.text), desk.text
    assert desk.status == (422 if desk.htmx else 200) and state(job) == "asking"
    if name != "no field":
        assert selects(desk) == {**RIGHT, **chosen}, "what was chosen stays"
    desk.fill_and_submit(NAME, **RIGHT)
    assert state(job) == "checking"


def test_a_table_without_titles_has_numbered_columns(desk: Visitor) -> None:
    rows = "\n".join(f"{n};{n + 7};г. Клин, ул. Дачная, д. {n};{n},50" for n in range(100, 140))
    job = checked(desk, rows)
    labels = [label.get_text(strip=True) for label in desk.page.select(f"{NAME} .label")]
    assert labels == ["Столбец 1", "Столбец 2", "Столбец 3", "Столбец 4"]
    desk.fill_and_submit(
        NAME, **{"column-0": "account", "column-1": "", "column-2": "address", "column-3": "amount_due"}
    )
    loaded(desk, with_month(desk, job))
    assert Account.select().count() == 40


def test_two_clerks_name_the_columns_once(desk: Visitor, app: Flask) -> None:
    job = checked(desk, strange())
    other = at_desk(Visitor(app), member("olga@example.org"))
    other.get(f"/staff/import/{job.id}")
    desk.fill_and_submit(NAME, **RIGHT)
    other.fill_and_submit(NAME, **{**RIGHT, "column-2": ""})
    assert "уже что-то сделали" in other.text
    assert ImportJob.get_by_id(job.id).said[key_of(TITLES)]["columns"]["кто"] == "full_name"


def test_a_file_with_unknown_columns_is_dropped(desk: Visitor) -> None:
    job = checked(desk, strange())
    desk.fill_and_submit(DROP)
    assert "Не загружен" in desk.text and ImportJob.get_by_id(job.id).samples is None
    assert "Ёлкина" not in desk.text


def test_presses_out_of_turn_change_nothing(desk: Visitor) -> None:
    job = named(desk)
    token = desk.csrf_token
    for what, status in (("columns", 200), ("columns/nobody/change", 404)):
        desk.post(f"/staff/import/{job.id}/{what}", {"csrf_token": token, "check": "x"})
        assert desk.status == status and state(job) == "checked"
    assert desk.client.post("/staff/columns/x/forget").status_code in (400, 403)
