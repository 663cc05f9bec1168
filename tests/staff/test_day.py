"""The page of the day: what waits and is late, where residents stop; each figure leads to its list."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from cabinet.models import Attempt, ImportJob, Message, Registration, Staff, Unread, desk_figures
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.staff.day import duration
from tests.staff.test_requests import asked
from tests.visitor import Visitor


def figures(desk: Visitor) -> dict[str, str]:
    """The values by their names."""
    shown = desk.page.select(".figure")
    said = [[part.get_text().replace("\xa0", " ") for part in one.select("span, strong")] for one in shown]
    return {name: value for name, value, *_hint in said}


def test_the_first_page_says_what_waits(desk: Visitor, clerk: Staff) -> None:
    old = asked("11111111", created_at=now() - timedelta(days=9))
    asked("22222222")
    asked("33333333", state="in_work", assignee=clerk.id)
    asked("44444444", state="in_work", assignee="somebody")
    for hours in (1, 3, 50):
        closed = {
            "created_at": now() - timedelta(days=5),
            "closed_at": now() - timedelta(days=5, hours=-hours),
        }
        asked(f"555555{hours:02}", state="done", **closed)
    with db.atomic():
        Unread.create(request=old.id)
        Message.create(channel="sms", to="+79160000000", template="code", dead_at=now(), due_at=None)
        ImportJob.create(staff="x", name="октябрь.csv", state="done")
    desk.get("/staff/")
    assert desk.title == "Сегодня" and desk.path == "/staff/day"
    assert figures(desk) == {
        "Новые заявки": "2",
        "У меня в работе": "1",
        "Ждут ответа": "1",
        "Просрочены": "1",
        "Дольше всех ждёт": "9 дней",
        "Не доставлено": "1",
    }
    assert "чем за это время: 3 часа" in desk.text and "октябрь.csv" in desk.text
    for name, path in {
        "Новые заявки": "/staff/requests/new",
        "Просрочены": "/staff/requests/overdue",
        "Ждут ответа": "/staff/requests/answered",
        "Дольше всех": "/staff/request/11111111",
        "Не доставлено": "/staff/messages/dead",
    }.items():
        desk.get("/staff/day")
        desk.follow(name)
        assert desk.path.rstrip("/") == path or path == "/staff/requests/new", desk.path
        assert name == "Не доставлено" or "11111111" in desk.text


def test_figures_stop_at_a_thousand(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cabinet.staff.day.MOST", 2)
    for number in range(3):
        asked(f"1111111{number}", created_at=now() - timedelta(days=9), state=("new", "in_work")[number % 2])
    desk.get("/staff/day")
    assert figures(desk)["Просрочены"] == "2+" and figures(desk)["Новые заявки"] == "2"


def test_an_empty_desk(desk: Visitor) -> None:
    desk.get("/staff/day")
    assert set(figures(desk).values()) == {"0", "—"} and not desk.page.select(".figure--pressing")
    assert "никто не начинал" in desk.text


def test_it_says_where_residents_stop(desk: Visitor) -> None:
    earlier = now() - timedelta(hours=5)
    with db.atomic():
        for number in range(3):
            Registration.create(phone=f"+7916000000{number}", created_at=earlier)
        verified = {"created_at": earlier, "phone_verified_at": earlier}
        Registration.create(phone="+79160000005", **verified)
        Registration.create(phone="+79160000006", **verified, completed_at=earlier)
        Registration.create(phone="+79160000007", created_at=now())
        Registration.create(phone="+79160000008", created_at=now() - timedelta(days=8))
        for kind in ("wrong-code", "wrong-code", "lookup-phone"):
            Attempt.create(kind=kind, subject="+79160000001")
        for channel, days in (("sms", 0), ("sms", 2), ("mail", 0)):
            dead = Message.enqueue(channel, "code", "x", {})
            Message.update(dead_at=now() - timedelta(days=days)).where(Message.id == dead.id).execute()
        Attempt.create(kind="wrong-code", subject="+79160000001", at=now() - timedelta(days=2))
    desk.get("/staff/day")
    assert "Начали: 5, завершили: 1." in desk.text
    rows = [" ".join(row.get_text(" ", strip=True).split()) for row in desk.page.select("tbody tr")]
    assert [row.replace("\xa0", " ") for row in rows] == [
        "телефон 3 60,0 % неверных кодов: 2, СМС не дошли: 1",
        "лицевой счёт 1 20,0 % квитанцию не нашли: 1",
    ]


@pytest.mark.settings(request_answer_days=1)
@pytest.mark.parametrize(
    ("moment", "since"),
    [
        ("2026-11-26 10:00", "2026-11-25 10:00"),
        ("2026-11-23 10:00", "2026-11-20 10:00"),
        ("2026-11-28 10:00", "2026-11-26 20:59:59.999999"),
        ("2026-11-22 10:00", "2026-11-19 20:59:59.999999"),
        ("2026-12-31 09:00", "2026-12-29 20:59:59.999999"),
        ("2026-11-22 22:00", "2026-11-19 22:00"),
    ],
)
def test_weekends_count_for_nobody(app: Flask, moment: str, since: str) -> None:
    assert desk_figures.overdue_since(datetime.fromisoformat(moment)) == datetime.fromisoformat(since)


@pytest.mark.settings(request_answer_days=0)
def test_nothing_is_overdue_where_nothing_is_promised(app: Flask) -> None:
    asked(created_at=now() - timedelta(days=99))
    assert desk_figures.overdue_since() is None and desk_figures.overdue(50) == []


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(59, "59 минут"), (300, "5 часов"), (2000, "33 часа"), (2880, "2 дня")],
)
def test_durations_in_words(app: Flask, minutes: int, words: str) -> None:
    with app.test_request_context():
        assert duration(timedelta(minutes=minutes)).replace("\xa0", " ") == words
        assert duration(None) == ""
