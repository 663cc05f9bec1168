"""The journal is read as sentences with names, by day, person and kind, and taken away as a file."""

import ast
import csv
import io
from datetime import datetime

import pytest
from flask import Flask

from cabinet.models import Audit, Staff
from cabinet.models.database import db
from cabinet.staff.journal_words import ACTIONS, KINDS
from cabinet.wording.gender import in_gender
from config import ROOT
from tests.cast import PHONE, resident
from tests.staff.conftest import member
from tests.visitor import Visitor

DYNAMIC = {"billing-import-undone", "billing-import-failed"}  # made of a state


def written(action: str, actor: str, subject: str = "", at: datetime | None = None, **detail: str) -> None:
    with db.atomic():
        Audit.record(action, actor, subject, "192.0.2.1", **detail)
        if at:
            Audit.update(at=at).where(
                Audit.id == Audit.select(Audit.id).order_by(Audit.id.desc()).limit(1)
            ).execute()


@pytest.fixture
def maria(app: Flask) -> Staff:
    """A clerk with a name."""
    maria = member("maria@example.org")
    with db.atomic():
        Staff.update(name="Мария Петрова").where(Staff.id == maria.id).execute()
    return maria


def told(visitor: Visitor) -> list[str]:
    return [" ".join(cell.get_text().split()) for cell in visitor.page.select("td:nth-of-type(2)")]


def test_rows_are_sentences_with_names(admin_desk: Visitor, maria: Staff) -> None:
    anna = resident(PHONE, last_name="Ёжикова", first_name="Анна")
    written("staff-request-moved", maria.actor, "1042", state="in_work")
    written("staff-resident-seen", maria.actor, anna.id)
    written("password-changed", f"user:{anna.id}", anna.id)
    written("billing-import", "system", "2026-10")
    admin_desk.get("/staff/audit")
    assert told(admin_desk)[:4] == [
        "Программа: загружены начисления за октябрь 2026",
        "Ёжикова Анна изменила пароль",
        "Мария Петрова открыла карточку жителя: Ёжикова Анна",
        "Мария Петрова взяла заявку 1042",
    ]
    (row,) = Audit.select().where(Audit.action == "staff-audit-seen")
    assert row.detail == {"shown": [anna.id]}, "whose name was shown is on record"


def test_what_nobody_named_any_more_is_told_all_the_same(admin_desk: Visitor) -> None:
    written("staff-resident-seen", "staff:gone", "gone")
    written("something-of-a-version-to-come", "visitor", "<b>%s")
    admin_desk.get("/staff/audit")
    assert told(admin_desk)[:2] == [
        "посетитель сайта: something-of-a-version-to-come",
        "сотрудник, которого больше нет открыл(а) карточку жителя: житель, чей кабинет удалён",
    ]


def test_names_are_no_markup(admin_desk: Visitor, maria: Staff) -> None:
    with db.atomic():
        Staff.update(name="<i>Мария</i> %(what)s").where(Staff.id == maria.id).execute()
    written("staff-request-seen", maria.actor, "1042")
    admin_desk.get("/staff/audit")
    assert told(admin_desk)[0] == "<i>Мария</i> %(what)s открыла заявку 1042"
    assert not admin_desk.page.select("td i")


def test_it_is_asked_by_day_person_and_kind(admin_desk: Visitor, maria: Staff) -> None:
    written("staff-request-seen", maria.actor, "1", datetime(2026, 3, 1, 20, 59))  # 23:59 in Moscow
    written("staff-request-seen", maria.actor, "2", datetime(2026, 3, 1, 21, 0))
    written("staff-signed-in", maria.actor, "", datetime(2026, 3, 2, 12, 0))
    written("staff-request-seen", "staff:other", "3", datetime(2026, 3, 2, 12, 1))

    def asked(query: str) -> list[str]:
        admin_desk.get(f"/staff/audit?{query}")
        assert admin_desk.status == 200
        return [text.rsplit(maxsplit=1)[-1] for text in told(admin_desk)]

    assert asked("until=2026-03-01") == ["1"]
    assert asked("since=2026-03-02&until=2026-03-02") == ["3", "вошла", "2"]
    assert asked(f"actor={maria.actor}&about=requests") == ["2", "1"]
    assert asked("about=requests&subject=3") == ["3"]
    assert asked("since=x&until=%00&about=none&actor=%00") != []


def test_a_kind_goes_on_over_pages(admin_desk: Visitor, maria: Staff) -> None:
    with db.atomic():
        for number in range(120):
            action = ("staff-request-seen", "staff-request-noted", "staff-signed-in")[number % 3]
            Audit.record(action, maria.actor, str(number))
    admin_desk.get(f"/staff/audit?about=requests&actor={maria.actor}")
    seen = told(admin_desk)
    while following := admin_desk.page.select_one("a[rel=next]"):
        admin_desk.get(str(following["href"]))
        seen += told(admin_desk)
    numbers = [int(text.rsplit(maxsplit=1)[-1]) for text in seen]
    assert numbers == [number for number in reversed(range(120)) if number % 3 != 2]


def test_it_is_taken_away_as_it_is_asked_for_in_moscow_time(admin_desk: Visitor, maria: Staff) -> None:
    with db.atomic():
        Staff.update(name="=Мария Петрова").where(Staff.id == maria.id).execute()
    written("staff-request-seen", maria.actor, "1", datetime(2026, 3, 1, 20, 59))
    written("staff-signed-in", maria.actor, "", datetime(2026, 3, 2, 12, 0))
    answer = admin_desk.client.get(f"/staff/audit/export/csv?about=requests&actor={maria.actor}")
    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True)), delimiter=";"))
    assert lines[1:] == [
        ["2026-03-01 23:59:00", "'=Мария Петрова", "'=Мария Петрова открыла заявку 1", "192.0.2.1"]
    ]
    assert admin_desk.client.get("/staff/audit/export/xlsx").get_data()[:2] == b"PK"
    assert admin_desk.client.get("/staff/audit/export/pdf").status_code == 404
    assert Audit.select().where(Audit.action == "staff-export-journal").count() == 2


@pytest.mark.parametrize("sort", ["", "at"])
def test_all_of_it_is_taken_away_over_the_batches(
    admin_desk: Visitor, maria: Staff, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr("cabinet.staff.batches.BATCH", 10)
    with db.atomic():
        for number in range(31):
            Audit.record("staff-request-seen", maria.actor, str(number))
    file = f"/staff/audit/export/csv?actor={maria.actor}&sort={sort}"
    lines = list(csv.reader(io.StringIO(admin_desk.client.get(file).get_data(as_text=True)), delimiter=";"))
    numbers = [int(line[2].rsplit(maxsplit=1)[-1]) for line in lines[1:]]
    assert numbers == sorted(range(31), reverse=not sort)


def test_a_clerk_takes_nothing_away(desk: Visitor) -> None:
    assert desk.client.get("/staff/audit/export/csv").status_code == 404


def _recorded() -> set[str]:
    """The actions that the code names: those of `Audit.record` and of the staff's `record`."""
    found = set()
    for path in (ROOT / "cabinet").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "record" not in source and "decided" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = ast.unparse(node.func)
            prefix = {"Audit.record": "", "record": "staff-", "decided": "staff-"}.get(name)
            if prefix is None or (name == "record" and "staff" not in path.parts):
                continue
            action = node.args[name == "decided"]
            texts = [n.value for n in ast.walk(action) if isinstance(n, ast.Constant)]
            whole = not any(isinstance(n, ast.JoinedStr) for n in ast.walk(action))
            found |= {f"{prefix}{text}" for text in texts if whole and isinstance(text, str)}
    return found


def test_every_action_has_its_sentence() -> None:
    known = {name.partition(":")[0] for name in ACTIONS}
    recorded = _recorded()
    assert recorded - known == set(), "ACTIONS of staff/journal_words.py: what does the journal say?"
    assert "staff-request-seen" in recorded and "deleted" in recorded and known >= DYNAMIC
    assert {action.kind for action in ACTIONS.values()} == set(KINDS)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Мария Петрова", "взяла"),
        ("Пётр Иванов", "взял"),
        ("Илья Гончар", "взял"),
        ("Галина Шевчук", "взяла"),
        ("Иванова Анна Сергеевна", "взяла"),
        ("Сергей Шевчук", "взял(а)"),
        ("anna@example.org", "взял(а)"),
    ],
)
def test_verbs_are_said_as_the_name_wants(name: str, text: str) -> None:
    assert in_gender("[взял|взяла]", name) == text


def test_what_only_differs_in_its_middle_is_said_twice() -> None:
    assert in_gender("[вошёл|вошла]", "x") == "вошёл (вошла)"
