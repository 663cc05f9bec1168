"""The page of messages says who takes none now, so that staff know why some wait."""

from datetime import timedelta

import pytest
from flask import Flask

from cabinet.models import GatewayHealth, Message
from cabinet.models.base import now
from cabinet.models.choosing import MAIL, hook_line
from cabinet.models.database import db
from cabinet.models.gateway_health import FAILURES
from cabinet.staff.resting import MOST
from tests.max.server import SET_UP
from tests.visitor import Visitor

HOOK = "https://crm.example.ru/cabinet?key=secret"


def away(line: str, reason: str = "timeout", failures: int = FAILURES) -> None:
    """A receiver failed as often."""
    for _ in range(failures):
        GatewayHealth.failed(line, reason)


@pytest.mark.settings(staff_webhooks=(f"registered={HOOK}",), sms_gateways=("smsc",))
def test_who_is_left_alone_is_named_with_the_reason(desk: Visitor) -> None:
    away(MAIL, "connection refused")
    away(hook_line(HOOK))
    away("smsc", "HTTP 502")
    desk.get("/staff/messages/waiting")
    said = [" ".join(one.get_text().split()) for one in desk.page.select(".notice--warn")]
    assert [words.split(". ")[0] for words in said] == [
        "Вебхук crm.example.ru/… не принимает события",
        "Почтовый сервер не принимает письма",
        "Шлюз не принимает сообщения: smsc",
    ]
    assert "connection refused" in said[1] and "всё уйдёт" in said[1] and "другие шлюзы" in said[2]
    assert "secret" not in desk.text


@pytest.mark.settings(sms_gateways=("smsc",), gateway_settings=SET_UP)
def test_calls_and_max_are_told_in_words_of_their_own(desk: Visitor) -> None:
    away("smsc/call", "HTTP 502")
    away("max", "HTTP 503")
    desk.get("/staff/messages")
    said = [" ".join(one.get_text().split()) for one in desk.page.select(".notice--warn")]
    assert [words.split(". ")[0] for words in said] == [
        "MAX не принимает сообщения",
        "Шлюз не звонит с кодами: smsc",
    ]
    assert all("коды приходят в СМС" in words for words in said)


def test_who_is_in_no_settings_any_more_is_named_while_something_waits(desk: Visitor) -> None:
    away("smsc")
    away("smsc/call")
    away("max")
    away(hook_line(HOOK))
    desk.get("/staff/messages")
    assert not desk.page.select(".notice--warn"), "nobody would ever clear it"
    with db.atomic():
        Message.enqueue("webhook", "registered", to=HOOK)
    desk.get("/staff/messages")
    (said,) = [one.get_text() for one in desk.page.select(".notice--warn")]
    assert "Вебхук не принимает события. Пробуем" in " ".join(said.split())


def test_who_failed_a_few_times_or_works_again_is_not_named(desk: Visitor, app: Flask) -> None:
    away(MAIL, failures=FAILURES - 1)
    away("smsc")
    with db.connection_context():
        GatewayHealth.worked("smsc")
    desk.get("/staff/messages")
    assert not desk.page.select(".notice--warn")


MANY = tuple(f"registered=https://crm{number}.example.ru/" for number in range(MOST + 1))


@pytest.mark.settings(staff_webhooks=MANY)
def test_of_many_some_are_named(desk: Visitor) -> None:
    with db.atomic():
        until = now() + timedelta(minutes=1)
        for entry in MANY:
            line = hook_line(entry.partition("=")[2])
            GatewayHealth.create(gateway=line, failures=FAILURES, open_until=until, since=until)
    desk.get("/staff/messages")
    assert len(desk.page.select(".notice--warn")) == MOST
