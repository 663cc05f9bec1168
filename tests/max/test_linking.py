"""«Коды и уведомления в MAX»: linked from the cabinet by the bot, once and shortly; ended by either side."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask

from cabinet.models import AccountEvent, MaxLink, MaxStart, Message, User, passed_number
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.departure import erase
from cabinet.models.max_link import started
from cabinet.models.merging import merge
from cabinet.models.own_data import own_data
from cabinet.models.profile import change_phone, close, set_password
from cabinet.worker.purge import purge
from tests.cast import NEW_PHONE, OTHER_PHONE, PASSWORD, PHONE, resident, told
from tests.home.profile import WRONG, to
from tests.markup import attribute
from tests.max.server import AT, SECRET, SET_UP, bot_started, bot_stopped, tell
from tests.placing import signed_in
from tests.visitor import Visitor

pytestmark = pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"))


@pytest.fixture
def anna(database: object) -> User:
    return resident()


def link(user: User, max_user: int = 501, at: int = AT) -> MaxLink:
    """Link a resident, as the bot does."""
    assert started(MaxStart.begin(user).payload, max_user, at)
    return MaxLink.get(MaxLink.user == user.id)


def payload_on(visitor: Visitor) -> str:
    """What the link to the bot on the page carries."""
    url = urlsplit(attribute(visitor.one("a[href^='https://max.ru/']"), "href"))
    assert url.path == "/domopult_bot"
    return parse_qs(url.query)["start"][0]


def begun(visitor: Visitor) -> str:
    """Begin it in the cabinet; the payload of the link to the bot."""
    signed_in(visitor)
    to(visitor, "max")
    visitor.fill_and_submit("form[action='/home/profile/max']", current_password=PASSWORD)
    return payload_on(visitor)


def test_it_is_linked_told_of_and_ended(visitor: Visitor, app: Flask, anna: User) -> None:
    payload = begun(visitor)
    assert tell(app, bot_started(payload)).status_code == 200
    assert MaxLink.get().max_user == 501
    visitor.follow("Готово, проверить")
    assert "MAX подключён" in visitor.text and not visitor.page.select("a[href^='https://max.ru/']")
    assert told(anna.email) == ["max_linked"] and told(PHONE) == ["max_hello"]
    visitor.fill_and_submit("form[action$='/off']")
    assert "MAX отключён" in visitor.text and not MaxLink.select().exists()
    assert told(anna.email) == ["max_linked", "max_unlinked"]
    kinds = [event.kind for event in AccountEvent.select().order_by(AccountEvent.id)]
    assert kinds[-2:] == ["max-linked", "max-unlinked"]
    visitor.get("/home/profile/history")
    assert "Подключён MAX" in visitor.text and "Отключён MAX" in visitor.text


def test_who_wants_it_shows_first_who_they_are(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    to(visitor, "max")
    visitor.fill_and_submit("form[action='/home/profile/max']", current_password=WRONG)
    assert "Пароль не подходит" in visitor.error("current_password")
    assert not MaxStart.select().exists()


@pytest.mark.settings(gateway_settings={}, code_channels=("sms",))
def test_without_a_bot_there_is_nothing_of_it(visitor: Visitor, app: Flask, anna: User) -> None:
    signed_in(visitor)
    visitor.get("/home/profile")
    assert "MAX" not in visitor.text
    visitor.get("/home/profile/max")
    assert visitor.status == 404
    assert tell(app, bot_started("x"), secret="").status_code == 403


@pytest.mark.parametrize("secret", ["", "x", SECRET + "x", "ё"])
def test_a_forged_update_is_refused(app: Flask, anna: User, secret: str) -> None:
    start = MaxStart.begin(anna)
    assert tell(app, bot_started(start.payload), secret).status_code == 403
    assert not MaxLink.select().exists()


@pytest.mark.settings(gateway_settings={**SET_UP, "max_webhook_secret_next": "n" * 32})
def test_either_secret_is_good(app: Flask, anna: User) -> None:
    assert tell(app, bot_started(MaxStart.begin(anna).payload), "n" * 32).status_code == 200
    assert MaxLink.select().exists()


def test_what_makes_no_sense_changes_nothing_and_is_not_told_again(app: Flask, anna: User) -> None:
    good = MaxStart.begin(anna).payload
    odd: list[Any] = [None, "501", -1, True, 2**63, 1.5, []]
    senseless: list[Any] = [b"\xff", b"{", "", [], 5, {}, {"update_type": "bot_started"}]
    senseless += [bot_started(good, user) for user in odd]
    senseless += [bot_started(one) for one in (None, 5, "", good + "x", good[:-1], "ё" * 54, "x" * 9999)]
    senseless += [{**bot_started(good), "user": 5}, {**bot_started(good), "update_type": "message_created"}]
    zeros = ("\0abc", "\0" * 22 + "-x", good[:21] + "\0", good[:21] + "\0" + good[22:], good + "\0")
    senseless += [bot_started(one) for one in zeros]
    senseless += ["[" * 60_000, '{"a":' * 10_000, "9" * 60_000, '{"timestamp": 1e999}']
    for one in senseless:
        assert tell(app, one).status_code == 200, str(one)[:100]
    assert not MaxLink.select().exists()
    big = tell(app, b" " * 70_000 + b"{}")
    assert big.status_code in (200, 413)
    tell(app, bot_started(good))
    assert MaxLink.select().count() == 1


def test_a_repeated_update_changes_nothing(app: Flask, anna: User) -> None:
    update = bot_started(MaxStart.begin(anna).payload)
    for _time in range(3):
        assert tell(app, update).status_code == 200
    tell(app, {**update, "user": {"user_id": 502}})  # somebody else who came by the link
    assert [one.max_user for one in MaxLink.select()] == [501]
    assert told(anna.email) == ["max_linked"]


def test_a_late_stop_does_not_end_what_was_begun_after_it(app: Flask, anna: User) -> None:
    link(anna, at=AT)
    tell(app, bot_stopped(at=AT - 1))
    assert MaxLink.select().exists()
    tell(app, bot_stopped(user=777))
    assert MaxLink.select().exists()
    tell(app, bot_stopped(at=AT + 1))
    tell(app, bot_stopped(at=AT + 1))
    assert not MaxLink.select().exists()
    assert told(anna.email) == ["max_linked", "max_unlinked"]


def test_who_removes_the_dialogue_is_unlinked(app: Flask, anna: User) -> None:
    link(anna)
    tell(app, bot_stopped(kind="dialog_removed"))
    assert not MaxLink.select().exists()


def test_a_link_is_good_for_a_quarter_of_an_hour(app: Flask, anna: User) -> None:
    start = MaxStart.begin(anna)
    with time_machine.travel(now() + timedelta(minutes=15, seconds=1), tick=False):
        tell(app, bot_started(start.payload))
    assert not MaxLink.select().exists()


def test_a_newer_one_makes_the_older_void(app: Flask, anna: User) -> None:
    first, second = MaxStart.begin(anna), MaxStart.begin(anna)
    tell(app, bot_started(first.payload))
    assert not MaxLink.select().exists()
    tell(app, bot_started(second.payload))
    assert MaxLink.select().exists()


def test_what_was_begun_under_another_password_or_by_a_blocked_resident_is_void(
    app: Flask, anna: User
) -> None:
    start = MaxStart.begin(anna)
    with db.atomic():
        anna.end_sessions()
    tell(app, bot_started(start.payload))
    start = MaxStart.begin(User.get_by_id(anna.id))
    User.get_by_id(anna.id).block(True, "staff:1", "192.0.2.1")
    tell(app, bot_started(start.payload))
    assert not MaxLink.select().exists()


def test_one_max_user_is_of_one_resident_and_a_resident_has_one(app: Flask, anna: User) -> None:
    link(anna, 501)
    link(anna, 502)
    assert [one.max_user for one in MaxLink.select()] == [502]
    peter = resident(OTHER_PHONE, email="peter@example.org")
    link(peter, 502)
    assert [(one.user_id, one.max_user) for one in MaxLink.select()] == [(peter.id, 502)]
    assert told(anna.email)[-1] == "max_unlinked"


def test_so_many_can_be_begun_in_a_day(visitor: Visitor, anna: User) -> None:
    begun(visitor)
    for _time in range(9):
        MaxStart.begin(anna)
    visitor.post("/home/profile/max", {"csrf_token": _token(visitor)})
    assert visitor.status == 429 and "слишком часто" in visitor.text


def _token(visitor: Visitor) -> str:
    visitor.get("/home/profile/name")
    return visitor.csrf_token


def pass_on(user: User) -> None:
    with db.atomic():
        User.update(seen_at=user.created_at - timedelta(days=400)).execute()
        assert passed_number.release(user.phone)


ENDS: dict[str, Callable[[User], object]] = {
    "password": lambda user: set_password(user, "$2b$hash", "192.0.2.1"),
    "phone": lambda user: change_phone(user, NEW_PHONE, "192.0.2.1", ""),
    "stranger": lambda user: close(user, "staff:1", "192.0.2.1", "stranger"),
    "number": pass_on,
    "merged": lambda user: merge(resident(OTHER_PHONE, email=""), user, "192.0.2.1"),
    "erased": erase,
}


@pytest.mark.parametrize("why", ENDS)
def test_it_ends_with_the_password_the_number_and_the_cabinet(anna: User, why: str) -> None:
    link(anna)
    payload = MaxStart.begin(anna).payload
    ENDS[why](anna)
    assert not started(payload, 501, AT) and not MaxLink.select().exists()


def test_it_is_in_the_download_and_on_its_page(visitor: Visitor, anna: User) -> None:
    made = link(anna)
    assert own_data(anna)["max"] == [{"added": made.created_at.isoformat(), "number": 501}]
    signed_in(visitor)
    visitor.get("/home/profile/data")
    assert "Коды и уведомления в MAX" in visitor.text and "501" in visitor.text


def test_what_was_begun_is_forgotten_in_time(anna: User) -> None:
    MaxStart.begin(anna)
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        assert purge()["starts"] == 1
    assert not Message.select().where(Message.template == "max_linked").exists()
