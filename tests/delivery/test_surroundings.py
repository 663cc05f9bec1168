"""Alarms about a host: its disk, its Redis; each host raises and clears its own."""

import shutil
import socket
from collections import namedtuple
from datetime import timedelta
from types import SimpleNamespace

import pytest
from peewee import Database

from cabinet.delivery import alarms, message_texts, surroundings
from cabinet.models import Alarm, Message
from cabinet.models.base import now
from cabinet.models.database import db
from config import Settings
from tests.ports import free_port

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Usage = namedtuple("Usage", ["total", "used", "free"])


@pytest.fixture(autouse=True)
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes that are free on every disk."""
    left = [5_000_000_000]
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**10, 0, left[0]))
    monkeypatch.setattr(socket, "gethostname", lambda: "web-1")
    return left


def standing() -> list[str]:
    """The names of the alarms that stand."""
    return [alarm.name for alarm in Alarm.standing()]


def test_a_disk_that_fills_is_an_alarm_until_there_is_room(database: Database, free: list[int]) -> None:
    alarms.look_around()
    assert standing() == []
    free[0] = 900_000_000
    for _ in range(2):
        alarms.look_around()
        alarms.watch()
    assert standing() == ["space/web-1"], "who looks for all else leaves it alone"
    (letter,) = Message.select().where(Message.template == "staff/alarm")
    for locale, words in (("ru", "web-1 почти нет места: 900 МБ"), ("en", "server web-1: 900 MB")):
        letter.locale = locale
        assert words in message_texts.mail(letter).text.replace("\xa0", " ")
    free[0] = 5_000_000_000
    alarms.look_around()
    assert standing() == []
    assert Message.select().where(Message.template == "staff/alarm_over").count() == 1


def test_another_hosts_alarm_stands_for_a_day(database: Database) -> None:
    with db.atomic():
        Alarm.begin("space/web-2", {"host": "web-2", "megabytes": 1})
    alarms.look_around()
    assert standing() == ["space/web-2"]
    with db.atomic():
        Alarm.update(at=now() - timedelta(hours=25)).execute()
    alarms.look_around()
    assert standing() == [], "the host may be no more; if it is, it says so again"


@pytest.mark.settings(redis_url=f"redis://127.0.0.1:{free_port()}/0")
def test_a_redis_that_is_gone_is_an_alarm(database: Database, settings: Settings) -> None:
    alarms.look_around()
    assert standing() == ["redis/web-1"]
    assert [one.data["host"] for one in Alarm.standing()] == ["web-1"]


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (
            -7200.0,
            ("web-1 опережают часы кабинета на 120 мин.", "server web-1 is 120 min. ahead of the cabinet's"),
        ),
        (40.0, ("web-1 отстают на 1 мин.", "server web-1 is 1 min. behind the cabinet's")),
    ],
)
def test_a_clock_that_was_set_is_an_alarm_until_ours_is_as_far(
    database: Database, monkeypatch: pytest.MonkeyPatch, ahead: float, words: tuple[str, str]
) -> None:
    apart = [ahead]
    monkeypatch.setattr(surroundings, "clock", SimpleNamespace(ahead=lambda: apart[0]))
    alarms.look_around()
    assert standing() == ["clock/web-1"]
    (letter,) = Message.select().where(Message.template == "staff/alarm")
    for letter.locale, said in zip(("ru", "en"), words, strict=True):
        text = message_texts.mail(letter).text.replace("\xa0", " ")
        assert said in text and ("часы сервера" if letter.locale == "ru" else "server's clock") in text
    apart[0] = 29.0
    alarms.look_around()
    assert standing() == []


def test_a_folder_that_is_not_made_yet_is_where_its_parent_is(database: Database, settings: Settings) -> None:
    assert list(surroundings.surroundings(settings)) == []
