"""Twilio's status callbacks: believed only when signed, and never backwards."""

import itertools
from collections.abc import Callable

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from cabinet.models import Message
from cabinet.models.database import db
from tests.messages import fresh

URL = "https://lk.company.ru"
PATH = "/hooks/twilio/status"
pytestmark = pytest.mark.settings(public_url=URL, twilio_auth_token="token")


@pytest.fixture
def sent(enqueue: Callable[..., Message], app: Flask) -> Message:
    """An SMS that Twilio took as SM1."""
    message = enqueue("sms")
    with db.atomic():
        Message.update(provider_id="SM1", status="queued").execute()
    return message


def report(
    app: Flask, status: str, sid: str = "SM1", signed_url: str = URL + PATH, **headers: str
) -> TestResponse:
    form = {"MessageSid": sid, "MessageStatus": status, "To": "+79161234567", "AccountSid": "AC1"}
    headers.setdefault("X-Twilio-Signature", RequestValidator("token").compute_signature(signed_url, form))
    response = app.test_client().post(PATH, data=form, headers=headers)
    db.connect(reuse_if_open=True)
    return response


def test_signed_report_is_believed(app: Flask, sent: Message) -> None:
    assert report(app, "delivered").status_code == 204
    assert fresh(sent).status == "delivered"


@pytest.mark.parametrize(
    ("signed_url", "headers"),
    [
        (URL + PATH, {"X-Twilio-Signature": "forged"}),
        (URL + PATH, {"X-Twilio-Signature": ""}),
        (URL + PATH, {"X-Twilio-Signature": "ё"}),
        ("https://evil.example" + PATH, {}),
        ("https://evil.example" + PATH, {"Host": "evil.example"}),
        (URL + PATH + "?a=b", {}),
    ],
)
def test_forged_report_is_refused(
    app: Flask, sent: Message, signed_url: str, headers: dict[str, str]
) -> None:
    assert report(app, "delivered", signed_url=signed_url, **headers).status_code == 403
    assert fresh(sent).status == "queued"


def test_host_header_has_no_say(app: Flask, sent: Message) -> None:
    assert report(app, "delivered", Host="internal:8000").status_code == 204


@pytest.mark.settings(twilio_auth_token="")
def test_without_twilio_nobody_can_sign(app: Flask, sent: Message) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signature = RequestValidator("").compute_signature(URL + PATH, form)
    response = app.test_client().post(PATH, data=form, headers={"X-Twilio-Signature": signature})
    assert response.status_code == 403


@pytest.mark.parametrize("order", list(itertools.permutations(["sending", "sent", "delivered"])))
def test_reports_in_any_order_and_twice_end_in_the_last_state(
    app: Flask, sent: Message, order: tuple[str, ...]
) -> None:
    for status in (*order, *order):
        report(app, status)
    assert fresh(sent).status == "delivered"


@pytest.mark.parametrize("first", ["undelivered", "failed", "delivered", "read"])
def test_final_states_stay(app: Flask, sent: Message, first: str) -> None:
    report(app, first)
    for then in ("queued", "sending", "sent", "nonsense", ""):
        assert report(app, then).status_code == 204
    assert fresh(sent).status == first


def test_unknown_message_changes_nothing(app: Flask, sent: Message) -> None:
    assert report(app, "delivered", sid="SM2").status_code == 204
    assert report(app, "delivered", sid="").status_code == 204
    assert fresh(sent).status == "queued"


def test_callbacks_come_by_post_only(app: Flask, sent: Message) -> None:
    assert app.test_client().get(PATH).status_code == 405
