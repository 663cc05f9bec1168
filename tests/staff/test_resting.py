"""The page of messages says who takes none now, so that staff know why some wait."""

from datetime import timedelta

import pytest
from flask import Flask

from cabinet.models import GatewayHealth
from cabinet.models.base import now
from cabinet.models.choosing import MAIL, hook_line
from cabinet.models.database import db
from cabinet.models.gateway_health import FAILURES
from cabinet.staff.resting import MOST
from tests.visitor import Visitor

HOOK = "https://crm.example.ru/cabinet?key=secret"
WITH_HOOK = pytest.mark.settings(staff_webhooks=(f"registered={HOOK}",))


def away(line: str, reason: str = "timeout", failures: int = FAILURES) -> None:
    """A receiver failed as often."""
    for _ in range(failures):
        GatewayHealth.failed(line, reason)


@WITH_HOOK
def test_who_is_left_alone_is_named_with_the_reason(desk: Visitor) -> None:
    away(MAIL, "connection refused")
    away(hook_line(HOOK))
    away("smsc", "HTTP 502")
    desk.get("/staff/messages/waiting")
    said = [" ".join(one.get_text().split()) for one in desk.page.select(".notice--warn")]
    assert [words.split(". ")[0] for words in said] == [
        "Вебхук не принимает события: crm.example.ru/…",
        "Почтовый сервер не принимает письма",
        "Шлюз не принимает сообщения: smsc",
    ]
    assert "connection refused" in said[1] and "всё уйдёт" in said[1] and "другие шлюзы" in said[2]
    assert "secret" not in desk.text


def test_a_webhook_that_settings_no_longer_name(desk: Visitor) -> None:
    away(hook_line(HOOK))
    desk.get("/staff/messages")
    assert "Вебхук не принимает события. Пробуем" in desk.text


def test_who_failed_a_few_times_or_works_again_is_not_named(desk: Visitor, app: Flask) -> None:
    away(MAIL, failures=FAILURES - 1)
    away("smsc")
    with db.connection_context():
        GatewayHealth.worked("smsc")
    desk.get("/staff/messages")
    assert not desk.page.select(".notice--warn")


def test_of_many_some_are_named(desk: Visitor) -> None:
    with db.atomic():
        until = now() + timedelta(minutes=1)
        for number in range(MOST + 1):
            GatewayHealth.create(gateway=f"gateway{number}", failures=FAILURES, open_until=until, since=until)
    desk.get("/staff/messages")
    assert len(desk.page.select(".notice--warn")) == MOST
