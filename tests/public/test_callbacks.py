"""Gateways' status callbacks: believed only when signed, and never backwards."""

import hashlib
import itertools
from collections.abc import Callable

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from cabinet.models import DeliveryTry, Message
from cabinet.models.database import db
from cabinet.models.fate import State
from tests.messages import fresh

URL = "https://lk.company.ru"
PATH = "/hooks/twilio/status"
pytestmark = pytest.mark.settings(public_url=URL, twilio_auth_token="token")


@pytest.fixture
def sent(enqueue: Callable[..., Message], app: Flask) -> Message:
    """An SMS that Twilio took as SM1."""
    enqueue("sms")
    message = Message.claim_next("sms")
    assert message
    DeliveryTry.begin(message, "twilio").taken(State.ACCEPTED, "SM1", None, None, poll=False)
    message.mark_sent("SM1", "accepted")
    return message


def report(
    app: Flask, status: str, sid: str = "SM1", signed_url: str = "", ref: str = "", **more: str
) -> TestResponse:
    """Twilio's request; `more` are headers and, in its own spelling, ErrorCode."""
    path = PATH + (f"?ref={ref}" if ref else "")
    form = {"MessageSid": sid, "MessageStatus": status, "To": "+79161234567", "AccountSid": "AC1"}
    if "ErrorCode" in more:
        form["ErrorCode"] = more.pop("ErrorCode")
    signature = RequestValidator("token").compute_signature(signed_url or URL + path, form)
    more.setdefault("X-Twilio-Signature", signature)
    response = app.test_client().post(path, data=form, headers=more)
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
    assert fresh(sent).status == "accepted"


def test_host_header_has_no_say(app: Flask, sent: Message) -> None:
    assert report(app, "delivered", Host="internal:8000").status_code == 204


@pytest.mark.settings(twilio_auth_token="")
def test_without_twilio_nobody_can_sign(app: Flask, sent: Message) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signature = RequestValidator("").compute_signature(URL + PATH, form)
    response = app.test_client().post(PATH, data=form, headers={"X-Twilio-Signature": signature})
    assert response.status_code == 403


@pytest.mark.settings(twilio_auth_token="earlier", twilio_auth_token_next="token")
def test_a_token_that_will_replace_another_signs_already(app: Flask, sent: Message) -> None:
    assert report(app, "delivered").status_code == 204
    assert fresh(sent).status == "delivered"


@pytest.mark.parametrize("order", list(itertools.permutations(["sending", "sent", "delivered"])))
def test_reports_in_any_order_and_twice_end_in_the_last_state(
    app: Flask, sent: Message, order: tuple[str, ...]
) -> None:
    for status in (*order, *order):
        report(app, status)
    assert fresh(sent).status == "delivered"


@pytest.mark.parametrize("first", ["undelivered", "failed", "canceled", "delivered", "read"])
def test_final_states_stay(app: Flask, sent: Message, first: str) -> None:
    report(app, first)
    for then in ("queued", "sending", "sent", "nonsense", ""):
        assert report(app, then).status_code == 204
    ended = "delivered" if first in ("delivered", "read") else "undelivered"
    assert fresh(sent).status == ended
    assert (fresh(sent).dead_at is None) == (ended == "delivered")


def test_a_word_that_we_do_not_know_ends_the_waiting(app: Flask, sent: Message) -> None:
    report(app, "half-delivered")
    assert (fresh(sent).status, fresh(sent).dead_at) == ("unknown", None)
    report(app, "delivered")
    assert fresh(sent).status == "delivered"


def test_the_reason_of_a_failure_stands_in_the_dead_list(app: Flask, sent: Message) -> None:
    report(app, "undelivered", ErrorCode="30005")
    lost = fresh(sent)
    assert lost.dead_at and lost.sent_at is None
    assert (lost.error, lost.fault) == ("Twilio 30005", "number")
    [attempt] = DeliveryTry.select()
    assert (attempt.state, attempt.fault, attempt.reason) == ("undelivered", "number", "Twilio 30005")


@pytest.mark.parametrize("status", ["delivered", "undelivered"])
def test_a_word_that_comes_before_our_own_note_is_kept(
    app: Flask, enqueue: Callable[..., Message], status: str
) -> None:
    enqueue("sms")
    message = Message.claim_next("sms")
    assert message
    attempt = DeliveryTry.begin(message, "twilio")
    report(app, status, sid="SM9", ref=message.id)
    attempt.taken(State.ACCEPTED, "SM9", None, None, poll=False)
    message.mark_sent("SM9", "accepted")
    known = fresh(message)
    assert known.status == status and known.due_at is None
    assert (known.dead_at is None) == (status == "delivered")
    assert DeliveryTry.get().provider_id == "SM9"


def test_unknown_message_changes_nothing(app: Flask, sent: Message) -> None:
    assert report(app, "delivered", sid="SM2").status_code == 204
    assert report(app, "delivered", sid="").status_code == 204
    assert fresh(sent).status == "accepted"


def test_callbacks_come_by_post_only(app: Flask, sent: Message) -> None:
    assert app.test_client().get(PATH).status_code == 405


SMSC = {"smsc_login": "a", "smsc_password": "b", "smsc_callback_secret": "word"}
REPLACED = {"smsc_callback_secret": "earlier", "smsc_callback_secret_next": "word"}


def by(gateway: str, enqueue: Callable[..., Message]) -> Message:
    """An SMS that this gateway took under our id."""
    enqueue("sms")
    message = Message.claim_next("sms")
    assert message
    attempt = DeliveryTry.begin(message, gateway)
    attempt.taken(State.ACCEPTED, message.id, None, None, poll=True)
    message.mark_sent(message.id, "accepted")
    return message


def post_to(app: Flask, path: str, form: dict[str, str]) -> int:
    status = app.test_client().post(path, data=form).status_code
    db.connect(reuse_if_open=True)
    return status


@pytest.mark.parametrize(
    "_word",
    [
        pytest.param("the only one", marks=pytest.mark.settings(gateway_settings=SMSC)),
        pytest.param("the next one", marks=pytest.mark.settings(gateway_settings=SMSC | REPLACED)),
    ],
)
def test_smsc_is_believed_when_it_knows_the_word(
    app: Flask, enqueue: Callable[..., Message], _word: str
) -> None:
    message = by("smsc", enqueue)
    form = {"id": message.id, "phone": "79161234567", "status": "1", "err": "0"}
    line = f"{message.id}:79161234567:1:"
    for word, status in (("", 403), ("guess", 403), ("word", 204)):
        signed = {**form, "md5": hashlib.md5((line + word).encode(), usedforsecurity=False).hexdigest()}
        assert post_to(app, "/hooks/sms/smsc", signed) == status
        assert fresh(message).status == ("delivered" if status == 204 else "accepted")


@pytest.mark.settings(gateway_settings={})
def test_without_a_word_nobody_can_sign_for_smsc(app: Flask, enqueue: Callable[..., Message]) -> None:
    message = by("smsc", enqueue)
    form = {"id": message.id, "phone": "7", "status": "1"}
    form["md5"] = hashlib.md5(f"{message.id}:7:1:".encode(), usedforsecurity=False).hexdigest()
    assert post_to(app, "/hooks/sms/smsc", form) == 403
    assert fresh(message).status == "accepted"


def test_what_nobody_signed_only_makes_us_ask(app: Flask, enqueue: Callable[..., Message]) -> None:
    message = by("smsaero", enqueue)
    assert not DeliveryTry.claim_polls()
    assert post_to(app, f"/hooks/sms/smsaero?ref={message.id}", {"id": message.id, "status": "1"}) == 200
    assert fresh(message).status == "accepted"
    assert [one.message for one in DeliveryTry.claim_polls()] == [message.id]


def test_nobody_can_sign_for_a_gateway_that_is_none(app: Flask) -> None:
    assert post_to(app, "/hooks/sms/pigeon", {}) == 403
