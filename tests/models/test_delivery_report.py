"""What gateways say later: which try is meant, what stays, and what becomes of the message."""

from typing import Any

import pytest
from peewee import Database

from cabinet.models import DeliveryTry, Message
from cabinet.models.database import db
from cabinet.models.delivery_report import EARLIER, report
from cabinet.models.fate import FINAL, Fault, State
from tests.cast import PHONE
from tests.models.clock import after, moment


def sms(**changes: Any) -> Message:
    """An SMS that a worker holds."""
    with after(), db.atomic():
        message = Message.enqueue("sms", "code", PHONE, {"code": "x"}, **changes)
        Message.update(claim="c").where(Message.id == message.id).execute()
    return message


def begin(
    message: Message, gateway: str = "twilio", state: State = State.BEGUN, **changes: Any
) -> DeliveryTry:
    """A try of it that has come so far."""
    row = DeliveryTry.begin(message, gateway)
    with db.atomic():
        DeliveryTry.update(state=state.value, **changes).where(DeliveryTry.id == row.id).execute()
    return row


def state_of(row: DeliveryTry) -> str:
    return str(DeliveryTry.get_by_id(row.id).state)


def stored(message: Message) -> Message:
    """The message as the database has it."""
    return Message.get_by_id(message.id)


@pytest.mark.parametrize("word", EARLIER)
def test_a_word_counts_only_after_what_it_may_follow(database: Database, word: State) -> None:
    message = sms()
    for before in State:
        row = begin(message, state=before, provider_id=before.value, poll_at=moment(9))
        with after(5):
            said: dict[str, Any] = {"fault": Fault.MONEY, "reason": "n" * 101, "price": 220, "segments": 2}
            assert report("twilio", word, before.value, **said)
        kept = DeliveryTry.get_by_id(row.id)
        if before not in EARLIER[word]:
            assert (kept.state, kept.reason, kept.fault, kept.price) == (before.value, "", "", None)
            continue
        assert (kept.state, kept.reason, kept.fault) == (word.value, "n" * 100, "money")
        assert (kept.price, kept.segments, kept.provider_id) == (220, 2, before.value)
        over = (moment(5), None) if word in FINAL else (None, moment(9))
        assert (kept.ended_at, kept.poll_at) == over, "what is over is not asked about"


def test_a_word_is_about_the_latest_of_this_gateway(database: Database) -> None:
    message = sms()
    with after(1):
        earlier = begin(message, provider_id="5", state=State.ACCEPTED)
    with after(2):
        latest = begin(message, provider_id="5", state=State.ACCEPTED)
    with after(3):
        other = begin(message, "smsaero", provider_id="5", state=State.ACCEPTED)
        same_gateway = begin(message, provider_id="6", state=State.ACCEPTED)
    assert report("twilio", State.DELIVERED, "5") and not report("smsc", State.DELIVERED, "5")
    assert not report("twilio", State.DELIVERED, "7") and not report("twilio", State.DELIVERED)
    assert [state_of(row) for row in (latest, earlier, other, same_gateway)] == [
        *("delivered", "accepted", "accepted", "accepted"),
    ]


def test_by_our_own_id_the_latest_is_meant_that_has_no_other_id(database: Database) -> None:
    message, another = sms(), sms()
    with after(1):
        earlier = begin(message)
    with after(2):
        latest = begin(message, state=State.SILENT, price=100, segments=3)
    with after(3):
        rest = [
            begin(message, provider_id="6"),
            begin(message, state=State.REFUSED),
            begin(message, "smsaero"),
            begin(another),
        ]
    assert report("twilio", State.ACCEPTED, "5", message.id)
    kept = DeliveryTry.get_by_id(latest.id)
    assert (kept.state, kept.provider_id, kept.price, kept.segments) == ("accepted", "5", 100, 3)
    assert (kept.reason, kept.fault) == ("", "")
    assert [state_of(row) for row in (earlier, *rest)] == ["begun", "begun", "refused", "begun", "begun"]
    assert report("twilio", State.UNKNOWN, ref=message.id) and state_of(earlier) == "unknown"
    assert not report("twilio", State.ACCEPTED, "7", message.id), "the others have an id or are over"


@pytest.mark.parametrize("blank_after", [True, False])
def test_what_arrived_is_over_whoever_holds_it(database: Database, blank_after: bool) -> None:
    other, message = sms(), sms(blank_after=blank_after)
    with db.atomic():
        wrong = {"dead_at": moment(1), "error": "x", "fault": "money"}
        Message.update(**wrong).where(Message.id == message.id).execute()
    begin(message, provider_id="1")
    for seconds, word in ((5, State.ACCEPTED), (6, State.DELIVERED)):
        with after(seconds):
            report("twilio", word, "1")
        now = stored(message)
        assert (now.status, now.sent_at) == (word.value, moment(5))
        assert (now.due_at, now.dead_at, now.claim, now.error, now.fault) == (None, None, None, "", "")
        assert now.data == ({} if blank_after else {"code": "x"})
    assert (stored(other).status, stored(other).claim) == ("", "c")


STATES = [
    ([State.DELIVERED, State.ACCEPTED], "delivered"),
    ([State.ACCEPTED, State.BEGUN], "accepted"),
    ([State.ACCEPTED, State.UNDELIVERED], "accepted"),
    ([State.BEGUN, State.UNKNOWN], ""),
    ([State.SILENT, State.UNDELIVERED], ""),
    ([State.UNKNOWN, State.UNDELIVERED], "unknown"),
    ([State.REFUSED, State.UNDELIVERED], "undelivered"),
    ([State.REFUSED, State.UNAVAILABLE], ""),
]


def test_a_message_says_the_best_of_its_tries(database: Database) -> None:
    for number, (states, status) in enumerate(STATES):
        message = sms()
        for state in states:
            begin(message, state=state)
        begin(message, provider_id=str(number), state=State.SILENT)
        report("twilio", State.REFUSED, str(number))
        assert stored(message).status == status, states


@pytest.mark.parametrize("fault", [None, Fault.NUMBER, Fault.SENDER])
def test_what_is_lost_by_the_companys_fault_is_sent_again(database: Database, fault: Fault | None) -> None:
    message, other = sms(), sms()
    begin(message, state=State.UNDELIVERED, fault="number", reason="of before")
    begin(message, provider_id="1", state=State.ACCEPTED)
    with db.atomic():
        Message.update(failures=1, sent_at=moment(1)).where(Message.id == message.id).execute()
    with after(5):
        report("twilio", State.UNDELIVERED, "1", fault=fault, reason="Twilio 30005")
    lost = stored(message)
    assert (lost.status, lost.fault, lost.error) == ("undelivered", fault or "", "Twilio 30005")
    assert (lost.claim, lost.sent_at) == (None, None)
    again = (moment(5), None, 2) if fault and fault.ours else (None, moment(5), 1)
    assert (lost.due_at, lost.dead_at, lost.failures) == again
    assert stored(other).claim == "c"


def test_a_word_about_what_was_deleted_is_no_fault(database: Database) -> None:
    message = sms()
    row = begin(message, provider_id="1")
    with db.atomic():
        Message.delete().execute()
    assert report("twilio", State.DELIVERED, "1") and state_of(row) == "delivered"
