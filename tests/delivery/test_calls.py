"""Calls that speak a code: whatever servers of voice do is understood as it is of SMS, over real HTTP."""

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from cabinet.delivery import exchange, gateways
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.gateway import Gateway, Sent
from cabinet.models.fate import Fault, State
from tests.delivery.examples import EXAMPLES
from tests.delivery.test_gateways import ANY, PHONE, SMS, answer, settings_of
from tests.ports import free_port
from tests.servers import Rude, Silence

NAMES = [name for name, example in EXAMPLES.items() if example.call_accepted]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    """Each gateway that calls in turn."""
    return str(request.param)


@pytest.fixture
def gateway(name: str, httpserver: HTTPServer) -> Gateway:
    """The gateway, its server being that of the test."""
    return gateways.made(name, settings_of(name, httpserver.url_for("").rstrip("/")))


def failure_of(gateway: Gateway) -> UnavailableError:
    with pytest.raises(UnavailableError) as failure:
        gateway.call(SMS)
    assert PHONE[1:] not in failure.value.reason and SMS.digits not in failure.value.reason
    return failure.value


def test_several_gateways_call() -> None:
    assert {"twilio", "smsaero", "smsc"} <= set(NAMES)


def test_a_refusal_tells_whose_fault_it_is(gateway: Gateway, httpserver: HTTPServer) -> None:
    for said, fault in EXAMPLES[gateway.name].refused:
        answer(httpserver, said)
        with pytest.raises(RefusedError) as refusal:
            gateway.call(SMS)
        assert refusal.value.fault is fault, said
        assert PHONE[1:] not in refusal.value.reason


@pytest.mark.parametrize(
    ("said", "certain"), [((200, "<html>"), False), ((504, ""), False), ((503, ""), True)]
)
def test_a_page_or_a_proxy_in_between(
    gateway: Gateway, httpserver: HTTPServer, said: tuple[int, str], certain: bool
) -> None:
    httpserver.expect_request(ANY).respond_with_data(said[1], said[0])
    assert failure_of(gateway).certain is certain


@pytest.mark.parametrize("manner", ["cut", "endless", "drip the head", "drip the body"])
def test_what_ends_in_the_middle_may_have_called(
    name: str, rude: Rude, manner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "WHOLE_TIMEOUT", 1.0)
    rude.manner = manner
    assert not failure_of(gateways.made(name, settings_of(name, rude.url))).certain
    assert rude.requests == 1, "nobody is called twice by itself"


def test_silence_may_mean_that_it_called(
    name: str, silence: Silence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "READ_TIMEOUT", 0.3)
    assert not failure_of(gateways.made(name, settings_of(name, f"http://127.0.0.1:{silence.port}"))).certain


def test_without_a_connection_nobody_was_called(name: str) -> None:
    assert failure_of(gateways.made(name, settings_of(name, f"http://127.0.0.1:{free_port()}"))).certain


def test_no_redirect_is_followed(gateway: Gateway, httpserver: HTTPServer) -> None:
    away = Response("", 307, headers={"Location": httpserver.url_for("/elsewhere")})
    httpserver.expect_request(ANY).respond_with_response(away)
    with pytest.raises(RefusedError) as refusal:
        gateway.call(SMS)
    assert refusal.value.fault is Fault.ACCOUNT and len(httpserver.log) == 1


@pytest.mark.parametrize(
    ("name", "status", "state"),
    [
        *(("twilio", said, State.ACCEPTED) for said in ("queued", "ringing", "in-progress")),
        ("twilio", "completed", State.DELIVERED),
        *(("twilio", said, State.UNDELIVERED) for said in ("busy", "no-answer", "failed", "canceled")),
        ("twilio", "dreaming", State.UNKNOWN),
        ("smsaero", 4, State.ACCEPTED),
        ("smsaero", 1, State.DELIVERED),
        ("smsaero", 2, State.UNDELIVERED),
        ("smsaero", 77, State.UNKNOWN),
    ],
)
def test_what_became_of_a_call_is_said_in_our_words(
    gateway: Gateway, httpserver: HTTPServer, status: object, state: State
) -> None:
    said = {"sid": "CA1", "status": status, "price_unit": "USD"}
    if gateway.name == "smsaero":
        said = {"success": True, "data": {"id": 5, "status": status}}
    answer(httpserver, (200, said))
    [report] = gateway.poll([Sent(PHONE, SMS.ref, "5", call=True)])
    assert report.state is state
