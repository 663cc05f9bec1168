"""PostgreSQL fails in the middle of a step: the visitor sees the next one, and everything happened once.

Each statement of each step is failed once, by an error of the server's own: the session is ended, or the
transaction is refused because of others.
"""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from cabinet.delivery import sending
from cabinet.delivery.by_phone import ByPhone
from cabinet.delivery.gateway import Gateway, Outgoing, SmsReceipt
from cabinet.delivery.ladder import Ladder
from cabinet.models import (
    AccountLink,
    Attempt,
    Audit,
    ConnectionRequest,
    Consent,
    DeliveryTry,
    Device,
    Message,
    OneTimeCode,
    Registration,
    User,
    WebSession,
)
from cabinet.models.database import connected
from cabinet.models.fate import State
from config import Settings
from tests.cast import LESNAYA, NEW_PASSWORD, PASSWORD, PERSON, PHONE, TYPED, bill, receipt_of, resident
from tests.databases import disconnect
from tests.faults.sabotage import Saboteur, lost_commits, sabotage
from tests.journeys import FORGOT
from tests.requests import files
from tests.requests.conftest import REQUEST, to_request
from tests.requests.test_upload import sent
from tests.visitor import Visitor, last_code

pytestmark = [pytest.mark.postgres, pytest.mark.settings(database_timeout_ms=60_000)]
MOST = 27  # statements of the longest step
QUICK = [("terminated", 3), ("40001", 7), ("40P01", 12)]
OTHERS = [(kind, number) for kind in ("terminated", "40001") for number in range(1, MOST + 1)]
FAULTS = QUICK + [pytest.param(one, marks=pytest.mark.slow) for one in OTHERS if one not in QUICK]


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """SQLite ends nobody's session."""
    return postgres_url


@pytest.fixture(params=FAULTS, ids=lambda fault: f"{fault[0]}-{fault[1]}")
def saboteur(request: pytest.FixtureRequest, app: Flask, database_url: str) -> Iterator[Saboteur]:
    """Fails statements; no connection is open but what a request opens for itself."""
    bill(LESNAYA)
    disconnect()
    with sabotage(database_url, *request.param) as saboteur:
        yield saboteur
    disconnect()


def counts() -> dict[str, int]:
    """How many rows there are of what happens."""
    tables = (User, AccountLink, Consent, Registration, OneTimeCode, Message, Device, Attempt, Audit)
    with connected():
        live = {"sessions": WebSession.select().where(WebSession.user_id.is_null(False)).count()}
        return live | {table.__name__: table.select().count() for table in tables}


def registration(visitor: Visitor) -> Iterator[Callable[[], object]]:
    """The registration, step by step."""
    visitor.get("/")
    yield lambda: visitor.fill_and_submit(phone=TYPED, consent="y")
    with connected():
        code = last_code(PHONE)
    yield lambda: visitor.fill_and_submit(code=code)
    yield lambda: visitor.fill_and_submit(**receipt_of(LESNAYA))
    yield lambda: visitor.fill_and_submit(answer="yes")
    yield lambda: visitor.fill_and_submit(**PERSON)
    yield lambda: visitor.fill_and_submit(password=PASSWORD)
    yield lambda: visitor.get("/home")


def recovery(visitor: Visitor) -> Iterator[Callable[[], object]]:
    """A new password, and signing in by it."""
    visitor.get("/")
    yield lambda: visitor.fill_and_submit(phone=TYPED, consent="y")
    yield lambda: visitor.fill_and_submit(FORGOT)
    with connected():
        code = last_code(PHONE)
    yield lambda: visitor.fill_and_submit(code=code)
    yield lambda: visitor.fill_and_submit(password=NEW_PASSWORD)
    yield lambda: visitor.fill_and_submit(password=NEW_PASSWORD)


NEW = {"AccountLink": 1, "Consent": 2, "Registration": 1, "Message": 3, "Attempt": 6}
OLD = {"AccountLink": 0, "Consent": 0, "Registration": 0, "Message": 3, "Attempt": 3}
BOTH = {"sessions": 1, "User": 1, "OneTimeCode": 1, "Device": 1, "Audit": 1}


@pytest.mark.sample(2)
@pytest.mark.parametrize("journey", [registration, recovery])
def test_no_step_fails_and_nothing_happens_twice(
    app: Flask, saboteur: Saboteur, journey: Callable[[Visitor], Iterator[Callable[[], object]]]
) -> None:
    if journey is recovery:
        with connected():
            resident()
    visitor, struck = Visitor(app, htmx=True), 0
    for step in journey(visitor):
        with saboteur.at_work():
            step()
        assert visitor.status == 200, (visitor.path, visitor.text)
        struck += saboteur.struck
    assert visitor.path == "/home"
    assert struck or saboteur.number > 20, "no step has so many statements"
    assert counts() == BOTH | (NEW if journey is registration else OLD)


def at_request(app: Flask) -> Visitor:
    """Somebody with the form of a connection request before them."""
    visitor = Visitor(app)
    with connected():
        bill(LESNAYA)
    to_request(visitor)
    disconnect()
    return visitor


@pytest.mark.parametrize("done", [True, False])
def test_a_request_whose_commit_had_no_answer_is_sent_once_with_its_file(
    app: Flask, database_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    """The commit after that of the limit of files."""
    visitor = at_request(app)
    with monkeypatch.context() as lost:
        lost_commits(lost, database_url, done=done, number=2)
        visitor.fill_and_submit(**REQUEST, receipt=sent(files.image()))
    with connected():
        request = ConnectionRequest.get()
        assert ConnectionRequest.select().count() == 1
        told = Message.select().where(Message.template == "connection_request").count()
    assert visitor.path == f"/requests/{request.number}" and told == 1
    assert [file.name for file in Path(settings.uploads_folder).iterdir()] == [request.receipt]


def test_a_file_stays_where_nobody_knows_of_its_request(
    app: Flask, database_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = at_request(app)
    with monkeypatch.context() as lost:
        lost_commits(lost, database_url, done=True, number=2)
        lost.setattr("cabinet.models.unit.PAUSES", ())
        visitor.fill_and_submit(**REQUEST, receipt=sent(files.image()))
    assert visitor.status == 503
    with connected():
        name = ConnectionRequest.get().receipt
    assert [file.name for file in Path(settings.uploads_folder).iterdir()] == [f"new-{name}"]


@pytest.mark.parametrize("done", [True, pytest.param(False, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "number", [pytest.param(one, marks=[] if one in (2, 8) else pytest.mark.slow) for one in range(1, 10)]
)
def test_a_step_whose_commit_had_no_answer_is_sent_again_by_the_visitor(
    app: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch, number: int, done: bool
) -> None:
    """The registration commits so often; what is not repeated by itself is, by a second press."""
    bill(LESNAYA)
    disconnect()
    visitor, refused = Visitor(app), 0
    commits = lost_commits(monkeypatch, database_url, done=done, number=number)
    for step in registration(visitor):
        before = copy.copy(visitor)
        step()
        if visitor.status == 503:
            refused += 1
            visitor.see_screen_of(before)
            step()
        assert visitor.status == 200, visitor.text
    assert len(commits) >= number - 1 and refused <= 1
    found = counts()
    assert visitor.path == "/home"
    assert {found[name] for name in ("User", "AccountLink", "Device")} == {1}, found
    lost = number > 8  # … with the answer that had the token: the last step is answered by another session
    assert found["sessions"] <= 1 + lost


class Taker(Gateway):
    """Takes each SMS."""

    name = title = "taker"

    def __init__(self) -> None:
        self.took: list[str] = []

    def send(self, sms: Outgoing) -> SmsReceipt:
        self.took.append(sms.ref)
        return SmsReceipt(f"id-{len(self.took)}", state=State.ACCEPTED, price=220)


def test_the_worker_sends_an_sms_once_whatever_fails(
    app: Flask, settings: Settings, saboteur: Saboteur
) -> None:
    with connected():
        code = OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru")
    ladder, taker = Ladder(settings, "sms"), Taker()
    ladder.gateways = [taker]
    with saboteur.at_work():
        assert sending.send_next("sms", ByPhone(ladder))
    with connected():
        message = Message.get_by_id(code.message)
        states = [one.state for one in DeliveryTry.select()]
    assert len(taker.took) == 1 and message.sent_at and message.status == "accepted", message.error
    assert states == ["accepted"]
