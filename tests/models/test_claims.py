"""Which messages a lane takes up: those chosen for it, the longest-due first, and no others."""

import pytest
from peewee import Database

from cabinet.models import Message
from cabinet.models.choosing import Only
from cabinet.models.database import db
from tests.models.clock import after, moment

ONE, TWO, THREE = (f"https://{name}.example.org/" for name in ("one", "two", "three"))


def wait(channel: str, to: str = "", template: str = "over", due: float = 0) -> str:
    """The id of a message that is due then."""
    with db.atomic():
        made = Message.enqueue(channel, template, to=to)
        Message.update(due_at=moment(due)).where(Message.id == made.id).execute()
    return made.id


def claimed(channel: str, only: Only, at: float = 100) -> list[str]:
    """What is taken up at once, one after the other."""
    found: list[str] = []
    with after(at):
        while message := Message.claim_next(channel, only):
            found.append(message.id)
    return found


def test_a_lane_of_some_templates_takes_no_others(database: Database) -> None:
    wait("mail", template="over")
    late, early = wait("mail", template="alarm", due=2), wait("mail", template="alarm", due=1)
    assert claimed("mail", Only(("alarm",))) == [early, late]


def test_letters_to_staff_and_to_residents_have_lanes_of_their_own(database: Database) -> None:
    resident, staff = wait("mail", template="over"), wait("mail", template="staff/over")
    assert claimed("mail", Only(for_staff=True)) == [staff]
    assert claimed("mail", Only(for_staff=False)) == [resident]


@pytest.mark.parametrize(
    ("only", "taken"),
    [
        (Only(to=ONE), [ONE]),
        (Only(not_to=(ONE,)), [TWO, THREE]),
        (Only(not_to=(TWO, THREE)), [ONE]),
        (Only(not_to=()), [ONE, TWO, THREE]),
        (Only(not_to=(ONE, TWO, THREE)), []),
    ],
)
def test_each_webhook_is_sent_to_by_one_lane(database: Database, only: Only, taken: list[str]) -> None:
    found = {to: wait("webhook", to, due=-due) for due, to in enumerate((ONE, TWO, THREE))}
    wait("mail", ONE)
    assert sorted(claimed("webhook", only)) == sorted(found[to] for to in taken)


def test_what_begins_with_a_claim_is_given_the_message_and_ends_with_it(database: Database) -> None:
    waits, told = wait("sms"), list[str]()

    def fail(_message: Message) -> None:
        raise ZeroDivisionError

    with after():
        with pytest.raises(ZeroDivisionError):
            Message.claim_next("sms", begin=fail)
        assert Message.get_by_id(waits).claim is None
        assert Message.claim_next("sms", begin=lambda message: told.append(message.id))
    assert told == [waits]


@pytest.mark.parametrize(("at", "due"), [(-0.001, False), (0, True)])
def test_a_message_is_taken_up_from_the_moment_that_it_is_due(
    database: Database, at: float, due: bool
) -> None:
    waits = wait("sms")
    for only in (Only(), Only(gateways=("smsc",))):
        with db.atomic():
            Message.update(due_at=moment(0), claim=None).execute()
        assert claimed("sms", only, at) == ([waits] if due else [])


def test_a_message_is_tried_since_it_was_taken_up_first(database: Database) -> None:
    waits = wait("sms", due=10)
    for at in (50, 500):
        assert claimed("sms", Only(), at) == [waits]
        assert Message.get_by_id(waits).tried_since == moment(50)
