"""What a rest costs, and what lanes cost that have nothing to do: nothing, however much waits elsewhere."""

import dataclasses
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from cabinet.models import GatewayHealth, Message
from cabinet.models.base import now
from cabinet.models.claims import MOST_PATIENCE
from cabinet.models.database import db
from cabinet.models.gateway_health import FAILURES
from cabinet.models.receiver import Receiver
from cabinet.worker.lanes import Lane, lanes
from cabinet.worker.loop import Worker
from cabinet.worker.scout import Scout
from config import Settings
from tests.messages import fresh
from tests.ports import free_port
from tests.servers import Mailbox, serving
from tests.steps import steps_of

HOOKS = ("https://a.example.org/", "https://b.example.org/")

Enqueue = Callable[..., Message]
both = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def away(settings: Settings) -> Settings:
    """Settings whose mail server does not run."""
    return dataclasses.replace(settings, mail_backend="smtp", smtp_url=f"smtp://127.0.0.1:{free_port()}")


def rows() -> dict[str, tuple[Any, ...]]:
    """All messages, as the database has them."""
    found: Any = Message.select().tuples()
    return {row[0]: row for row in found}


def fail(*receivers: Receiver) -> None:
    """They are left alone from now on."""
    for receiver in receivers:
        for _ in range(FAILURES):
            receiver.failed("down")


@both
def test_a_rest_and_its_end_write_to_no_message_that_was_not_tried(away: Settings, enqueue: Enqueue) -> None:
    for _ in range(FAILURES + 15):
        enqueue()
    before = rows()
    Worker(away).drain()
    after = rows()
    assert sum(after[key] != before[key] for key in before) == FAILURES
    with db.atomic():
        GatewayHealth.update(open_until=now() - timedelta(seconds=1)).execute()
    Worker(away).drain()
    assert sum(rows()[key] != before[key] for key in before) == FAILURES + 1, "one tries after the rest"
    Receiver("mail").worked()
    last = rows()
    tried = {key for key in before if last[key] != before[key]}
    assert len(tried) == FAILURES + 1
    assert Message.select().where(Message.due_at <= now()).count() == len(before), "all are due"


@both
def test_what_rests_wakes_nobody(settings: Settings, enqueue: Enqueue) -> None:
    named = dataclasses.replace(settings, staff_webhooks=HOOKS)
    scout = Scout(lanes(named))

    def rung() -> set[str]:
        scout.look()
        return {name for name, bell in scout.bells.items() if bell.wait(0)}

    enqueue()
    enqueue("webhook", to=HOOKS[1])
    enqueue("webhook", to="https://former.example.org/")
    assert rung() == {"staff-mail", "webhook2"}, "no lane for what others have to do"
    fail(Receiver("webhook", HOOKS[0]), Receiver("mail"))
    assert rung() == {"webhook2"}, "a receiver rests alone"
    enqueue("mail", "password_changed")
    fail(Receiver("webhook", HOOKS[1]))
    assert rung() == set()
    with db.atomic():
        GatewayHealth.update(open_until=now() - timedelta(seconds=1)).execute()
    assert rung() == {"mail", "staff-mail", "webhook2"}


def backlog(enqueue: Enqueue, size: int) -> None:
    """Letters to staff and events, for two webhooks that settings name and one that they do not, and SMS."""
    for _ in range(size):
        enqueue()
        enqueue("sms", "password_changed")
        for hook in (*HOOKS[:1], "https://former.example.org/"):
            enqueue("webhook", to=hook)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("resting", [False, True])
def test_nobody_does_more_where_more_waits(settings: Settings, enqueue: Enqueue, resting: bool) -> None:
    named = dataclasses.replace(settings, staff_webhooks=HOOKS)
    former = Receiver("webhook", "https://former.example.org/")
    scout, mail = Scout(lanes(named)), Receiver("mail")
    hooks = [Receiver("webhook", hook) for hook in HOOKS]

    def cost() -> dict[str, int]:
        """Of a look of each lane, and of the scout; what is claimed stays claimed."""
        found = {lane.name: steps_of(lambda lane=lane: look(lane)) for lane in lanes(named)}  # type: ignore[misc]
        found["scout"] = steps_of(scout.look)
        found["rest"] = steps_of(mail.rest) + steps_of(lambda: mail.failed("down"))
        return found

    backlog(enqueue, 10)
    if resting:
        fail(mail, former, *hooks)
    few = cost()
    backlog(enqueue, 150)
    many = cost()
    assert {name for name in few if many[name] > few[name] * 1.1 + 60} == set(), (few, many)


def look(lane: Lane) -> Message | None:
    """One look for work."""
    return Message.claim_next(lane.channel, lane.only)


@both
def test_what_only_waited_behind_others_has_a_last_try_after_three_days_of_silence(
    away: Settings, enqueue: Enqueue
) -> None:
    waiting = [enqueue() for _ in range(FAILURES + 3)]
    Worker(away).drain()
    with time_machine.travel(now() + MOST_PATIENCE - timedelta(seconds=60), tick=False):
        fail(Receiver("mail"))
        Worker(away).drain()
        assert not any(fresh(one).dead_at for one in waiting), "not yet"
    with time_machine.travel(now() + MOST_PATIENCE + timedelta(seconds=60), tick=False):
        late = enqueue()
        Worker(away).drain()
        dead = list(map(fresh, waiting))
        assert all(one.dead_at and one.error == "SMTP: ConnectionRefusedError" for one in dead)
        assert not fresh(late).tries, "it is new"


def test_who_was_away_itself_gives_what_waited_its_whole_time(away: Settings, enqueue: Enqueue) -> None:
    waiting = [enqueue() for _ in range(FAILURES + 3)]
    with time_machine.travel(now() + MOST_PATIENCE + timedelta(hours=1), tick=False):
        Worker(away).drain()
        assert not any(fresh(one).dead_at for one in waiting), "the server is away for a minute only"
    box = Mailbox()
    with serving(box), time_machine.travel(now() + MOST_PATIENCE + timedelta(hours=2), tick=False):
        Worker(dataclasses.replace(away, smtp_url=box.url)).drain()
    assert all(fresh(one).sent_at for one in waiting)


def test_a_failure_before_we_were_away_costs_what_waited_nothing(away: Settings, enqueue: Enqueue) -> None:
    Receiver("mail").failed("down")
    waiting = [enqueue() for _ in range(FAILURES + 3)]
    with time_machine.travel(now() + MOST_PATIENCE + timedelta(hours=1), tick=False):
        Worker(away).drain()
        assert not any(fresh(one).dead_at for one in waiting)


@both
def test_webhooks_that_settings_do_not_name_any_more_do_not_wait_for_each_other(
    settings: Settings, enqueue: Enqueue
) -> None:
    [lane] = [one for one in lanes(settings) if one.name == "webhook"]
    first, second, third = (enqueue("webhook", to=f"https://{name}.example.org/") for name in "cab")
    fail(Receiver.of(second))
    found = [Message.claim_next(lane.channel, lane.only) for _ in range(3)]
    assert [one and one.id for one in found] == [first.id, third.id, None]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_plans_no_look_and_no_claim_twice(settings: Settings, enqueue: Enqueue) -> None:
    named = dataclasses.replace(settings, staff_webhooks=HOOKS)
    scout, planned = Scout(lanes(named)), []

    def plan(*what: Any) -> int:
        planned.append(what)
        return sqlite3.SQLITE_OK

    def work() -> None:
        scout.look()
        for lane in lanes(named):
            enqueue(lane.channel, to="https://former.example.org/")
            look(lane)

    connection: sqlite3.Connection = db.obj.connection()
    connection.set_authorizer(plan)
    for _ in range(2):
        work()
    planned.clear()
    work()
    connection.set_authorizer(None)
    ours = {what for what in planned if what[0] != sqlite3.SQLITE_TRANSACTION}
    assert not ours, "a parameter that stands where an index has a literal"
