"""Notices about requests go by MAX where that is linked, and another way when it does not bring them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_httpserver import HTTPServer

from cabinet.delivery.message_texts import chat
from cabinet.delivery.sending import handler_of, send_next
from cabinet.delivery.troubles import troubles
from cabinet.models import DeliveryTry, GatewayHealth, MaxLink, Message, Spending, User
from cabinet.models.base import now
from cabinet.models.claims import LEASE
from cabinet.models.database import db
from cabinet.models.fate import State
from cabinet.models.gateway_health import FAILURES
from config import Settings
from tests.cast import PHONE, resident, told
from tests.max.server import BAD_TOKEN, BLOCKED, GONE, SET_UP, Max
from tests.max.test_linking import link
from tests.messages import make_due
from tests.models.test_request import submit

pytestmark = pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"))


def linked() -> User:
    """A resident who linked MAX, and has nothing waiting."""
    anna = resident()
    link(anna)
    with db.atomic():
        Message.delete().execute()
    return anna


@pytest.fixture
def anna(database: object) -> User:
    return linked()


def asks(anna: User, **changes: Any) -> Message:
    """A request of hers, and the notice of it."""
    submit(PHONE, user_id=anna.id, **{"email": anna.email, **changes})
    newest = Message.select().where(Message.template == "request_received")
    return newest.order_by(Message.created_at.desc()).get()


def send(settings: Settings, channel: str = "max") -> None:
    while send_next(channel, handler_of(channel, settings)):
        pass


def test_it_goes_by_max_alone_and_costs_nothing(anna: User, settings: Settings, maxserver: Max) -> None:
    notice = asks(anna)
    assert (notice.channel, notice.to) == ("max", PHONE)
    send(maxserver.settings(settings))
    [(to, text)] = maxserver.sent
    assert to == "501" and text == chat(notice) and notice.data["number"] in text
    row = DeliveryTry.get()
    assert (row.gateway, row.way, row.line, row.state) == ("max", "max", "max", State.DELIVERED)
    assert not Spending.select().exists() and told(anna.email) == []
    assert Message.get_by_id(notice.id).sent_at


@pytest.mark.parametrize("said", [BLOCKED, GONE])
def test_a_bot_that_was_blocked_is_unlinked_and_the_notice_goes_by_mail(
    anna: User, settings: Settings, maxserver: Max, said: tuple[int, Any]
) -> None:
    notice = asks(anna)
    maxserver.says = [said]
    send(maxserver.settings(settings))
    again = Message.get_by_id(notice.id)
    assert (again.channel, again.to, again.dead_at) == ("mail", anna.email, None) and again.due_at
    assert not MaxLink.select().exists() and "max_unlinked" in told(anna.email)
    send(settings, "mail")
    assert Message.get_by_id(notice.id).sent_at


def test_without_an_address_it_goes_by_sms(anna: User, settings: Settings, maxserver: Max) -> None:
    notice = asks(anna, email="")
    maxserver.says = [BLOCKED]
    send(maxserver.settings(settings))
    assert (Message.get_by_id(notice.id).channel, Message.get_by_id(notice.id).to) == ("sms", PHONE)
    send(settings, "sms")
    assert Message.get_by_id(notice.id).status == State.DELIVERED


def test_a_mailbox_that_is_not_proved_gets_none_of_the_words(
    anna: User, settings: Settings, maxserver: Max
) -> None:
    notice = asks(anna, email="unproved@example.org")
    assert notice.data["name"]
    maxserver.says = [BLOCKED]
    send(maxserver.settings(settings))
    again = Message.get_by_id(notice.id)
    assert again.to == "unproved@example.org" and not again.data["name"] and not again.data["address"]


@pytest.mark.parametrize("said", [BAD_TOKEN, (404, "<html>not found"), (403, "<html>Forbidden")])
def test_what_is_the_companys_to_mend_unlinks_nobody_and_it_rests(
    anna: User, settings: Settings, maxserver: Max, said: tuple[int, Any]
) -> None:
    by = maxserver.settings(settings)
    maxserver.says = [said] * FAILURES
    for time in range(FAILURES):
        notice = asks(anna, key=str(time))
        send(by)
        assert Message.get_by_id(notice.id).channel == "mail" and MaxLink.select().exists()
    assert not GatewayHealth.is_well("max")
    assert [one.name for one in troubles() if one.name == "refused"]


def test_while_max_is_down_it_waits_for_half_an_hour(anna: User, settings: Settings, maxserver: Max) -> None:
    notice, by = asks(anna), maxserver.settings(settings)
    maxserver.says = [(503, "")]
    send(by)
    assert Message.get_by_id(notice.id).channel == "max"
    with time_machine.travel(now() + timedelta(seconds=1801), tick=False):
        send(by)
    again = Message.get_by_id(notice.id)
    assert again.channel == "mail" and again.expires_at is None and again.due_at


def test_after_silence_it_is_sent_once_more_and_then_by_mail(
    anna: User, settings: Settings, maxserver: Max
) -> None:
    notice, by = asks(anna), maxserver.settings(settings)
    maxserver.says = [(200, "<html>"), (200, "<html>")]
    for _try in range(3):
        send(by)
        make_due()
    assert len(maxserver.sent) == 2
    assert Message.get_by_id(notice.id).channel == "mail"


def test_a_worker_that_dies_sends_it_no_third_time(
    anna: User, settings: Settings, maxserver: Max, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice, by = asks(anna), maxserver.settings(settings)
    taken = handler_of("max", by)

    def die(*_args: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("cabinet.delivery.ladder._note_taken", die)
        with pytest.raises(SystemExit):
            send_next("max", taken)
    with time_machine.travel(now() + timedelta(seconds=LEASE + 1), tick=False):
        send(by)
    assert len(maxserver.sent) == 2 and Message.get_by_id(notice.id).sent_at


def test_who_came_by_the_number_gets_nothing_of_it(anna: User, settings: Settings, maxserver: Max) -> None:
    notice = asks(anna)
    with db.atomic():
        MaxLink.forget(anna)
    send(maxserver.settings(settings))
    assert not maxserver.sent and Message.get_by_id(notice.id).channel == "mail"


@pytest.mark.settings(gateway_settings={}, code_channels=("sms",))
def test_without_a_bot_it_goes_as_before(database: object) -> None:
    anna = resident()
    with db.atomic():
        MaxLink.create(user=anna, max_user=501, started=now())
    assert asks(anna).channel == "mail"


def test_a_visitors_request_never_goes_to_the_residents_max(anna: User) -> None:
    submit(PHONE, email="")
    assert Message.get(Message.template == "request_received").channel == "sms"


def test_the_greeting_goes_no_other_way(
    database: object, settings: Settings, maxserver: Max, httpserver: HTTPServer
) -> None:
    link(resident())
    maxserver.says = [GONE]
    send(maxserver.settings(settings))
    assert Message.get(Message.template == "max_hello").dead_at
