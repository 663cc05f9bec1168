"""What gateways and those before them answer instead of what they promise, over real HTTP."""

import dataclasses
import gzip
import json

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from cabinet.delivery import gateways
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.gateway import Gateway, SmsReceipt
from cabinet.models.fate import Fault
from tests.delivery.test_gateways import ANY, BASE, SMS, settings_of

TAKEN = {"messages": [{"id": 77, "price": 2.2}]}
PAGE = "<!DOCTYPE html>\n<html><title>Вход</title></html>"


def by_settings(server: HTTPServer, **options: str) -> Gateway:
    """A gateway that settings alone describe."""
    known = {
        "http_sms_url": server.url_for("/send"),
        **{f"http_sms_{name}": one for name, one in options.items()},
    }
    return gateways.made("http", dataclasses.replace(BASE, sms_backend="http", gateway_settings=known))


def sent(
    server: HTTPServer, gateway: Gateway, said: str | bytes, status: int = 200, encoding: str = ""
) -> SmsReceipt:
    """What an answer means."""
    server.expect_request(ANY).respond_with_response(
        Response(said, status, headers={"Content-Encoding": encoding} if encoding else None)
    )
    return gateway.send(SMS)


@pytest.fixture
def http(httpserver: HTTPServer) -> Gateway:
    """The gateway of the example, whose ids stand in an array."""
    return gateways.made("http", settings_of("http", httpserver.url_for("").rstrip("/")))


def test_an_answer_may_be_in_windows_1251(http: Gateway, httpserver: HTTPServer) -> None:
    said = json.dumps({**TAKEN, "text": "Принято"}, ensure_ascii=False).encode("cp1251")
    assert sent(httpserver, http, said).provider_id == "77", "or it would be sent twice"


@pytest.mark.parametrize("name", ["smsc", "smsaero"])
def test_a_refusal_may_be_in_windows_1251(httpserver: HTTPServer, name: str) -> None:
    gateway = gateways.made(name, settings_of(name, httpserver.url_for("").rstrip("/")))
    known = {
        "error": "Недостаточно средств",
        "error_code": 3,
        "success": False,
        "message": "no credits: нет денег",
    }
    with pytest.raises(RefusedError) as refusal:
        sent(httpserver, gateway, json.dumps(known, ensure_ascii=False).encode("cp1251"))
    assert refusal.value.fault is Fault.MONEY


def test_an_answer_may_be_compressed_or_begin_with_a_mark(http: Gateway, httpserver: HTTPServer) -> None:
    packed = gzip.compress(json.dumps(TAKEN).encode())
    assert sent(httpserver, http, packed, encoding="gzip").provider_id == "77"
    httpserver.clear()
    assert sent(httpserver, http, b"\xef\xbb\xbf" + json.dumps(TAKEN).encode()).provider_id == "77"


@pytest.mark.parametrize(
    "said", ["", "null", "[]", "[[]]", '"ok"', "{}", '{"messages": {}}', "[" * 60_000, PAGE]
)
def test_without_an_id_it_may_have_been_sent(http: Gateway, httpserver: HTTPServer, said: str) -> None:
    with pytest.raises(UnavailableError) as failure:
        sent(httpserver, http, said)
    assert not failure.value.certain


def test_an_error_within_200_is_one(httpserver: HTTPServer) -> None:
    gateway = by_settings(httpserver, error="0.status", faults='{"ERR_SENDER": "sender"}')
    with pytest.raises(RefusedError) as refusal:
        sent(httpserver, gateway, '[{"status": "ERR_SENDER"}]')
    assert refusal.value.fault is Fault.SENDER


@pytest.mark.parametrize(
    "said", ["OK", "", '{"error": 0}', '{"error": ""}', '{"error": false}', '{"error": null}']
)
def test_where_no_id_is_told_no_error_is_enough(httpserver: HTTPServer, said: str) -> None:
    assert sent(httpserver, by_settings(httpserver), said).provider_id is None


@pytest.mark.parametrize("said", [PAGE, "\n " + PAGE.lower()])
def test_a_page_took_no_sms(httpserver: HTTPServer, said: str) -> None:
    with pytest.raises(UnavailableError) as failure:
        sent(httpserver, by_settings(httpserver), said)
    assert not failure.value.certain


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, "account"),
        (402, "money"),
        (403, "account"),
        (404, "account"),
        (405, "account"),
        (422, "unknown"),
    ],
)
def test_a_status_tells_whose_fault_it_is(httpserver: HTTPServer, status: int, fault: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        sent(httpserver, by_settings(httpserver), PAGE, status)
    assert refusal.value.fault == fault
