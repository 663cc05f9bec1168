"""Staff see MAX among the figures, and its tries under «Почему не пришла СМС?»."""

import pytest
from pytest_httpserver import HTTPServer

from cabinet.delivery.sending import handler_of, send_next
from config import Settings
from tests.cast import PHONE
from tests.max.server import BLOCKED, SET_UP, Max
from tests.max.test_notices import asks, linked
from tests.visitor import Visitor


@pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"))
def test_what_went_by_max_and_what_did_not(desk: Visitor, settings: Settings, httpserver: HTTPServer) -> None:
    anna, server = linked(), Max(httpserver)
    by = server.settings(settings)
    asks(anna)
    send_next("max", handler_of("max", by))
    desk.get("/staff/sms")
    desk.fill_and_submit("form[role=search]", query=PHONE)
    assert "max: Доставлено" in desk.text and "Повторяется" not in desk.text
    server.says = [BLOCKED]
    asks(anna, key="2", email="")
    send_next("max", handler_of("max", by))
    desk.get("/staff/sms")
    assert "Житель остановил бота в MAX" in desk.text and "ушли другим путём" in desk.text
    desk.get("/staff/sms/figures")
    assert "MAX" in desk.text
