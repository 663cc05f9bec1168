"""Every gateway keeps the protocol: tried by its example in `examples/`, over real HTTP."""

import base64
import dataclasses
import json
import logging
from typing import Any
from urllib.parse import unquote_plus

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from cabinet.delivery import exchange, gateways
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.gateway import Gateway, Outgoing, Sent
from cabinet.models.fate import Fault, State
from config import Settings
from tests.delivery.examples import EXAMPLES
from tests.delivery.examples.shape import Example, Said
from tests.ports import free_port
from tests.servers import Rude, Silence

NAMES = [name for name in gateways.names() if name != "inbox"]
PHONE, TEXT = "+79161234567", "Код: 123456. Никому"
SMS = Outgoing(PHONE, TEXT, "ref-1", 600, "123456")
BASE = Settings(testing=True, public_url="https://lk.company.ru")


def settings_of(name: str, url: str) -> Settings:
    """The example's settings, with the server's address in place."""
    changes = json.loads(json.dumps(EXAMPLES[name].settings).replace("{url}", url))
    return dataclasses.replace(BASE, sms_backend=name, **changes)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    """Each gateway in turn."""
    assert request.param in EXAMPLES, "every gateway has an example in tests/delivery/examples/"
    return str(request.param)


@pytest.fixture
def example(name: str) -> Example:
    return EXAMPLES[name]


@pytest.fixture
def gateway(name: str, httpserver: HTTPServer) -> Gateway:
    """The gateway, its server being that of the test."""
    return gateways.made(name, settings_of(name, httpserver.url_for("").rstrip("/")))


def answer(httpserver: HTTPServer, said: Said) -> None:
    httpserver.clear()
    for method in ("GET", "POST"):
        httpserver.expect_request(ANY, method=method).respond_with_json(said[1], said[0])


class _Any(str):
    """Equal to every path."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


ANY = _Any("/")


def heard(httpserver: HTTPServer) -> str:
    """All that was posted."""
    body = "".join(unquote_plus(request.get_data(as_text=True)) for request, _ in httpserver.log)
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return body


def test_an_sms_is_taken_with_its_id_and_price(
    gateway: Gateway, example: Example, httpserver: HTTPServer
) -> None:
    answer(httpserver, example.accepted)
    receipt = gateway.send(SMS)
    assert (receipt.provider_id, receipt.state) == (example.provider_id, State.ACCEPTED)
    assert receipt.price == example.price
    assert PHONE[1:] in heard(httpserver) and TEXT in heard(httpserver)
    assert len(httpserver.log) == 1


def test_a_refusal_tells_whose_fault_it_is_and_quotes_nothing(
    gateway: Gateway, example: Example, httpserver: HTTPServer
) -> None:
    for said, fault in example.refused:
        answer(httpserver, said)
        with pytest.raises(RefusedError) as refusal:
            gateway.send(SMS)
        assert refusal.value.fault is fault, said
        assert PHONE[1:] not in refusal.value.reason and len(refusal.value.reason) <= 100


def test_what_is_busy_may_be_asked_later(gateway: Gateway, example: Example, httpserver: HTTPServer) -> None:
    for said in [*example.busy, (429, {}), (500, {}), (502, "<html>"), (503, {})]:
        answer(httpserver, said)
        with pytest.raises(UnavailableError) as failure:
            gateway.send(SMS)
        assert failure.value.certain, said


def test_retry_after_is_honoured(gateway: Gateway, httpserver: HTTPServer) -> None:
    busy = Response("", 503, headers={"Retry-After": "300"})
    httpserver.expect_request(ANY).respond_with_response(busy)
    with pytest.raises(UnavailableError) as failure:
        gateway.send(SMS)
    assert failure.value.retry_after == 300


@pytest.mark.parametrize("said", [(200, "<html>"), (504, "")])
def test_what_makes_no_sense_may_have_been_sent(
    gateway: Gateway, httpserver: HTTPServer, said: tuple[int, str]
) -> None:
    httpserver.expect_request(ANY).respond_with_data(said[1], said[0])
    with pytest.raises(UnavailableError) as failure:
        gateway.send(SMS)
    assert not failure.value.certain


@pytest.mark.parametrize("manner", ["cut", "endless", "drip the head", "drip the body"])
def test_what_ends_in_the_middle_may_have_been_sent(
    name: str, rude: Rude, manner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "WHOLE_TIMEOUT", 0.2)
    rude.manner = manner
    with pytest.raises(UnavailableError) as failure:
        gateways.made(name, settings_of(name, rude.url)).send(SMS)
    assert not failure.value.certain
    assert rude.requests == 1, "nothing is sent again by itself"


def test_silence_may_mean_that_it_was_sent(
    name: str, silence: Silence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "READ_TIMEOUT", 0.3)
    with pytest.raises(UnavailableError) as failure:
        gateways.made(name, settings_of(name, f"http://127.0.0.1:{silence.port}")).send(SMS)
    assert not failure.value.certain and len(silence.connections) == 1


def test_without_a_connection_nothing_was_sent(name: str) -> None:
    with pytest.raises(UnavailableError) as failure:
        gateways.made(name, settings_of(name, f"http://127.0.0.1:{free_port()}")).send(SMS)
    assert failure.value.certain and failure.value.reason.endswith("no connection")


def test_no_redirect_is_followed(gateway: Gateway, httpserver: HTTPServer) -> None:
    away = Response("", 307, headers={"Location": httpserver.url_for("/elsewhere")})
    httpserver.expect_request(ANY).respond_with_response(away)
    with pytest.raises(RefusedError) as refusal:
        gateway.send(SMS)
    assert refusal.value.fault is Fault.ACCOUNT and len(httpserver.log) == 1
    assert gateway.http.session.verify is True


def test_no_secret_number_or_text_is_logged(
    gateway: Gateway, example: Example, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for said in (example.accepted, *(said for said, _ in example.refused)):
        answer(httpserver, said)
        try:
            gateway.send(SMS)
        except RefusedError as refusal:
            logging.getLogger("cabinet").error("%s", refusal)
    for secret in (*example.secrets, PHONE[1:], TEXT, "123456."):
        assert secret not in caplog.text
    for request, _ in httpserver.log:
        assert not any(secret in request.url for secret in (*example.secrets, PHONE[1:]))


def test_a_call_speaks_each_digit_twice(gateway: Gateway, example: Example, httpserver: HTTPServer) -> None:
    if example.call_accepted is None:
        assert not gateway.can_call
        return
    assert gateway.can_call
    answer(httpserver, example.call_accepted)
    assert gateway.call(SMS).provider_id
    said = heard(httpserver)
    assert PHONE[1:] in said
    assert said.count("1, 2, 3, 4, 5, 6") == 2 or "123456" in said


def test_what_became_of_a_message_is_said_in_our_words(
    gateway: Gateway, example: Example, httpserver: HTTPServer
) -> None:
    assert gateway.polls == bool(example.polled)
    for said, state, fault in example.polled:
        answer(httpserver, said)
        [report] = gateway.poll([Sent(PHONE, SMS.ref, example.provider_id)])
        assert (report.state, report.fault, report.provider_id) == (state, fault, example.provider_id), said


def test_the_balance_is_in_kopecks(gateway: Gateway, example: Example, httpserver: HTTPServer) -> None:
    if example.balance is None:
        assert gateway.balance() is None
        return
    answer(httpserver, example.balance[0])
    assert gateway.balance() == example.balance[1]


def test_a_start_without_what_it_needs_is_refused(name: str) -> None:
    bare = dataclasses.replace(BASE, sms_backend=name)
    complete = settings_of(name, "https://gateway.example")
    assert gateways.missing(name, bare) and not gateways.missing(name, complete)


def test_smsaero_is_authorized_by_a_header(httpserver: HTTPServer) -> None:
    answer(httpserver, EXAMPLES["smsaero"].accepted)
    gateways.made("smsaero", settings_of("smsaero", httpserver.url_for("").rstrip("/"))).send(SMS)
    request: Request = httpserver.log[0][0]
    given = base64.b64decode(request.headers["Authorization"].removeprefix("Basic "))
    assert given == b"it@company.ru:key-of-smsaero"
    said: dict[str, Any] = request.get_json()
    assert said["callbackUrl"] == "https://lk.company.ru/hooks/sms/smsaero?ref=ref-1"
    assert (said["number"], said["sign"]) == ("79161234567", "Domopult")


def test_smsc_is_told_our_id_and_when_to_give_up(httpserver: HTTPServer) -> None:
    answer(httpserver, EXAMPLES["smsc"].accepted)
    gateway = gateways.made("smsc", settings_of("smsc", httpserver.url_for("").rstrip("/")))
    gateway.send(SMS)
    form = httpserver.log[0][0].form
    assert (form["id"], form["valid"], form["sender"]) == ("ref-1", "00:10", "Domopult")
    assert (form["fmt"], form["charset"]) == ("3", "utf-8")


@pytest.mark.parametrize("form", ["form", "query"])
def test_a_gateway_described_by_settings_takes_forms_and_queries(httpserver: HTTPServer, form: str) -> None:
    httpserver.expect_request(ANY).respond_with_data("OK")
    described = {
        "http_sms_url": httpserver.url_for("/send"),
        "http_sms_format": form,
        "http_sms_method": "GET" if form == "query" else "POST",
        "http_sms_fields": '{"to": "{to}", "text": "{text}", "key": "k"}',
    }
    settings = dataclasses.replace(BASE, sms_backend="http", gateway_settings=described)
    assert gateways.made("http", settings).send(SMS).provider_id is None
    request = httpserver.log[0][0]
    sent = request.args if form == "query" else request.form
    assert sent.to_dict() == {"to": PHONE, "text": TEXT, "key": "k"}
