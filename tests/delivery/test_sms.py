"""SMS by Twilio's SDK against an HTTP server that plays Twilio, and the demonstration's inbox."""

import base64
import dataclasses
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from peewee import Database
from pytest_httpserver import HTTPServer
from werkzeug import Response

from cabinet.delivery import exchange
from cabinet.delivery.gateway import Outgoing
from cabinet.delivery.gateways import twilio
from cabinet.models import Attempt, InboxItem, Message, OneTimeCode
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.fate import Fault
from cabinet.worker.loop import Worker
from config import Settings
from tests.messages import again, fresh, make_due, pause
from tests.ports import free_port
from tests.servers import Silence, through_twilio

PATH = "/2010-04-01/Accounts/AC1/Messages.json"
PHONE = "+79161234567"


@pytest.fixture
def by_twilio(settings: Settings, httpserver: HTTPServer) -> Settings:
    """Settings that send SMS to the server of this test."""
    return dataclasses.replace(through_twilio(settings, httpserver), public_url="https://lk.company.ru")


@pytest.fixture
def code(database: Database) -> OneTimeCode:
    """A code whose SMS waits."""
    return OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru")


def accepted(sid: str = "SM1") -> Response:
    return Response(f'{{"sid": "{sid}", "status": "queued"}}', 201, content_type="application/json")


def message_of(code: OneTimeCode) -> Message:
    return Message.get_by_id(code.message)


def forms(httpserver: HTTPServer) -> list[dict[str, str]]:
    """What was posted."""
    return [
        {name: values[0] for name, values in parse_qs(request.get_data(as_text=True)).items()}
        for request, _ in httpserver.log
    ]


def test_code_goes_out_with_callback_and_validity(
    by_twilio: Settings, httpserver: HTTPServer, code: OneTimeCode
) -> None:
    httpserver.expect_request(PATH, method="POST").respond_with_response(accepted())
    sent = again(by_twilio, message_of(code))
    [form] = forms(httpserver)
    assert form["To"] == PHONE
    assert form["From"] == "Domopult"
    assert code.digits in form["Body"]
    assert form["StatusCallback"] == f"https://lk.company.ru/hooks/twilio/status?ref={code.message}"
    assert 590 <= int(form["ValidityPeriod"]) <= 600
    authorization = httpserver.log[0][0].headers["Authorization"]
    assert base64.b64decode(authorization.removeprefix("Basic ")) == b"AC1:token"
    assert (sent.provider_id, sent.status, sent.error) == ("SM1", "accepted", "")
    assert sent.sent_at and sent.due_at is None


def test_a_messaging_service_takes_the_place_of_a_sender(by_twilio: Settings, httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_response(accepted())
    gateway = twilio.TwilioGateway(dataclasses.replace(by_twilio, twilio_from="MG123"))
    gateway.send(Outgoing(PHONE, "text", "ref"))
    [form] = forms(httpserver)
    assert form["MessagingServiceSid"] == "MG123"
    assert "From" not in form and "ValidityPeriod" not in form


@pytest.mark.parametrize(("asked", "sent"), [(0, "1"), (100_000, "36000")])
def test_validity_stays_within_what_twilio_takes(
    by_twilio: Settings, httpserver: HTTPServer, asked: int, sent: str
) -> None:
    httpserver.expect_request(PATH).respond_with_response(accepted())
    twilio.TwilioGateway(by_twilio).send(Outgoing(PHONE, "text", "ref", asked))
    assert forms(httpserver)[0]["ValidityPeriod"] == sent


@pytest.mark.parametrize("error", [21211, 21614, 21610, 30006, 21408, 99999])
def test_refused_numbers_are_dead_and_not_tried_again(
    by_twilio: Settings, httpserver: HTTPServer, code: OneTimeCode, error: int
) -> None:
    httpserver.expect_request(PATH).respond_with_json(
        {"code": error, "message": f"The number {PHONE} is bad", "status": 400}, 400
    )
    dead = again(by_twilio, message_of(code))
    assert dead.dead_at and dead.error == f"Twilio {error}"
    assert Worker(by_twilio).drain() == 0
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (429, '{"code": 20429}', "Twilio HTTP 429"),
        (503, "<html>", "Twilio HTTP 503"),
        (502, "", "Twilio HTTP 502"),
        (400, '{"code": 63038, "message": "Daily limit", "status": 400}', "Twilio 63038"),
    ],
)
def test_temporary_trouble_is_tried_again_as_often_as_it_takes(
    by_twilio: Settings, httpserver: HTTPServer, code: OneTimeCode, status: int, body: str, reason: str
) -> None:
    for _ in range(4):
        httpserver.expect_ordered_request(PATH).respond_with_data(body, status)
    httpserver.expect_ordered_request(PATH).respond_with_response(accepted())
    for _ in range(4):
        failed = again(by_twilio, message_of(code))
        assert (failed.error, failed.dead_at) == (reason, None)
        assert pause(failed) > 0
    assert again(by_twilio, message_of(code)).sent_at


def test_retry_after_is_honoured(by_twilio: Settings, httpserver: HTTPServer, code: OneTimeCode) -> None:
    httpserver.expect_request(PATH).respond_with_data("", 429, headers={"Retry-After": "300"})
    failed = again(by_twilio, message_of(code))
    assert pause(failed) > 290


def test_no_connection_counts_as_not_sent(by_twilio: Settings, code: OneTimeCode) -> None:
    nowhere = dataclasses.replace(by_twilio, twilio_api_url=f"http://127.0.0.1:{free_port()}")
    for failures in (1, 2, 3):
        failed = again(nowhere, message_of(code))
        assert (failed.error, failed.failures) == ("Twilio: no connection", failures)


@pytest.mark.parametrize("status", [201, 504])
def test_code_with_a_senseless_answer_is_sent_at_most_once_more(
    by_twilio: Settings, httpserver: HTTPServer, code: OneTimeCode, status: int
) -> None:
    httpserver.expect_request(PATH).respond_with_data("<html>", status)
    assert again(by_twilio, message_of(code)).dead_at is None
    assert again(by_twilio, message_of(code)).dead_at is None
    dead = again(by_twilio, message_of(code))
    assert dead.dead_at and dead.error.startswith("no answer twice: Twilio")
    bodies = [form["Body"] for form in forms(httpserver)]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]


def test_code_without_an_answer_is_sent_at_most_once_more(
    by_twilio: Settings, silence: Silence, code: OneTimeCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "READ_TIMEOUT", 0.3)
    silent = dataclasses.replace(by_twilio, twilio_api_url=f"http://127.0.0.1:{silence.port}")
    for _ in range(2):
        failed = again(silent, message_of(code))
        assert (failed.error, failed.dead_at) == ("Twilio: no answer", None)
    dead = again(silent, message_of(code))
    assert dead.dead_at and dead.error == "no answer twice: Twilio: no answer"
    assert len(silence.connections) == 2


def test_worker_that_died_while_sending_repeats_a_code_once(
    by_twilio: Settings, httpserver: HTTPServer, code: OneTimeCode
) -> None:
    httpserver.expect_request(PATH).respond_with_response(accepted())
    for _ in range(2):  # two workers claimed it and were never heard of again
        assert Message.claim_next("sms")
        make_due(message_of(code))
    dead = again(by_twilio, message_of(code))
    assert dead.error == "no answer twice: cut short"
    assert httpserver.log == []


def test_replaced_code_is_not_sent(by_twilio: Settings, httpserver: HTTPServer, code: OneTimeCode) -> None:
    with db.atomic():
        OneTimeCode.update(voided_at=now()).execute()
    dead = again(by_twilio, message_of(code))
    assert dead.error == "expired" and dead.dead_at
    assert httpserver.log == []


def test_overlong_answers_are_kept_within_their_columns(
    by_twilio: Settings, httpserver: HTTPServer, code: OneTimeCode
) -> None:
    httpserver.expect_request(PATH).respond_with_json({"sid": "S" * 500, "status": "x" * 500}, 201)
    sent = again(by_twilio, message_of(code))
    assert sent.provider_id == "S" * 64


def test_inbox_of_the_demonstration(settings: Settings, code: OneTimeCode) -> None:
    assert again(settings, message_of(code)).status == "delivered"
    [item] = InboxItem.select()
    assert (item.kind, item.to) == ("sms", PHONE)
    assert code.digits in item.text
    assert code.digits not in str(fresh(message_of(code)).data)


@pytest.mark.parametrize("error", [20003, 21606, 21408])
def test_a_code_that_fails_by_the_companys_fault_counts_as_never_asked_for(
    by_twilio: Settings, httpserver: HTTPServer, code: OneTimeCode, error: int
) -> None:
    counted = Attempt.select().count()
    assert counted >= 3
    httpserver.expect_request(PATH).respond_with_json({"code": error, "status": 400}, 400)
    dead = again(by_twilio, message_of(code))
    assert dead.dead_at and Fault(dead.fault).ours
    assert Attempt.select().count() == 0
    OneTimeCode.get_by_id(code.id).take_back(str(code.message))
    assert Attempt.select().count() == 0
    OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru")
    OneTimeCode.get_by_id(code.id).take_back(str(code.message))
    assert Attempt.select().count() == counted, "only once"


def test_a_notice_waits_until_the_company_has_mended_it(
    by_twilio: Settings, httpserver: HTTPServer, enqueue: Callable[..., Message]
) -> None:
    notice = enqueue("sms", "password_changed", data={"name": "Анна"})
    httpserver.expect_ordered_request(PATH).respond_with_json({"code": 20003, "status": 401}, 401)
    httpserver.expect_ordered_request(PATH).respond_with_response(accepted())
    failed = again(by_twilio, notice)
    assert (failed.error, failed.dead_at) == ("Twilio 20003", None)
    assert again(by_twilio, notice).sent_at
