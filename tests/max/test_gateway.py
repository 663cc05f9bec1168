"""The bot over HTTP: what MAX takes, refuses, and on its bad days."""

import dataclasses
import logging
from typing import Any

import pytest

from cabinet.delivery import exchange, gateways
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.gateway import Gateway, Outgoing
from cabinet.delivery.gateways.max import MaxGateway
from cabinet.models.fate import Fault, State
from config import Settings
from config_check import problems
from tests.max.server import BAD_TOKEN, BLOCKED, GONE, SET_UP, TOKEN, Max
from tests.production import COMPLETE
from tests.servers import Rude, Silence

TEXT = "Домопульт: код 123456. Никому его не сообщайте"
OUT = Outgoing("501", TEXT, "ref-1")
BASE = Settings(testing=True)


@pytest.fixture
def bot(maxserver: Max) -> Gateway:
    """The bot, its server being that of the test."""
    [made] = gateways.by_way(maxserver.settings(BASE), "max")
    return made


def bot_at(url: str) -> MaxGateway:
    return MaxGateway(dataclasses.replace(BASE, gateway_settings={**SET_UP, "max_api_url": url}))


def test_a_message_is_taken_with_its_id(bot: Gateway, maxserver: Max) -> None:
    receipt = bot.send(OUT)
    assert (receipt.provider_id, receipt.state, receipt.price) == ("mid.1", State.DELIVERED, None)
    assert maxserver.sent == [("501", TEXT)] and maxserver.tokens == [TOKEN]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (BLOCKED, Fault.OPERATOR),
        ((403, {"code": "dialog.suspended"}), Fault.OPERATOR),
        ((403, "<html>Forbidden"), Fault.ACCOUNT),
        ((403, {"message": "forbidden"}), Fault.ACCOUNT),
        (GONE, Fault.NUMBER),
        ((404, "<html>not found"), Fault.ACCOUNT),
        ((404, {"code": "not.found", "message": "Path is not recognized"}), Fault.ACCOUNT),
        ((404, ["chat.not.found"]), Fault.ACCOUNT),
        (BAD_TOKEN, Fault.ACCOUNT),
        ((403, {"code": "verify.token"}), Fault.ACCOUNT),
        ((400, {"code": "proto.payload", "message": TEXT}), Fault.SENDER),
        ((418, []), Fault.ACCOUNT),
        ((302, ""), Fault.ACCOUNT),
    ],
)
def test_a_refusal_tells_whose_fault_it_is_and_quotes_nothing(
    bot: Gateway, maxserver: Max, said: tuple[int, Any], fault: Fault
) -> None:
    maxserver.says = [said]
    with pytest.raises(RefusedError) as refusal:
        bot.send(OUT)
    assert refusal.value.fault is fault and refusal.value.reason == f"MAX HTTP {said[0]}"


@pytest.mark.parametrize(
    ("said", "certain"),
    [((429, {}), True), ((500, "<html>"), True), ((503, {}), True), ((504, ""), False)]
    + [((200, one), False) for one in ("<html>", "", "[]", "{}", '{"message": {"bo', '{"message": 1}')],
)
def test_what_is_busy_or_makes_no_sense(
    bot: Gateway, maxserver: Max, said: tuple[int, Any], certain: bool
) -> None:
    maxserver.says = [said]
    with pytest.raises(UnavailableError) as failure:
        bot.send(OUT)
    assert failure.value.certain is certain


def test_the_next_token_is_used_where_the_present_one_is_refused(maxserver: Max) -> None:
    maxserver.says = [BAD_TOKEN]
    settings = maxserver.settings(BASE)
    settings.gateway_settings["max_bot_token_next"] = "next"
    MaxGateway(settings).send(OUT)
    assert maxserver.tokens == [TOKEN, "next"]


def test_silence_and_cuts_leave_it_open(
    silence: Silence, rude: Rude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "READ_TIMEOUT", 0.3)
    monkeypatch.setattr(exchange, "WHOLE_TIMEOUT", 1.0)
    for url in (f"http://127.0.0.1:{silence.port}", rude.url):
        with pytest.raises(UnavailableError) as failure:
            bot_at(url).send(OUT)
        assert not failure.value.certain


def test_no_log_line_has_the_token_or_the_text(
    bot: Gateway, maxserver: Max, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    maxserver.says = [BAD_TOKEN, BLOCKED]
    for _try in range(2):
        with pytest.raises(RefusedError):
            bot.send(OUT)
    bot.send(OUT)
    assert TOKEN not in caplog.text and "123456" not in caplog.text


def test_it_is_no_gateway_for_sms() -> None:
    assert "max" not in gateways.names()
    assert any("names max" in one for one in problems(Settings(sms_gateways=("max",))))


@pytest.mark.parametrize(
    ("changes", "channels", "said"),
    [
        ({}, ("sms", "max"), ""),
        ({}, ("max", "sms", "call"), "no gateway can call"),
        ({"max_bot_token": ""}, ("sms",), "MAX_BOT_TOKEN is required"),
        ({"max_bot_token": ""}, ("sms", "max"), "CODE_CHANNELS names max"),
        ({"max_webhook_secret": "short"}, ("sms",), "MAX_WEBHOOK_SECRET must be"),
        ({"max_webhook_secret_next": "ё" * 32}, ("sms",), "MAX_WEBHOOK_SECRET_NEXT must be"),
        ({"max_bot_name": "https://max.ru/bot"}, ("sms",), "MAX_BOT_NAME must be"),
        ({}, ("max",), "CODE_CHANNELS must be"),
        ({}, ("call", "sms", "max"), "CODE_CHANNELS must be"),
    ],
)
def test_settings_that_cannot_work_are_named(
    changes: dict[str, str], channels: tuple[str, ...], said: str
) -> None:
    found = problems(Settings(**COMPLETE, gateway_settings={**SET_UP, **changes}, code_channels=channels))
    assert any(said in one for one in found) if said else not found
