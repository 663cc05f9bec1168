"""What must hold at any time, and at the end of every schedule."""

from collections import defaultdict

from cabinet.models import (
    AccountLink,
    Alarm,
    Attempt,
    Charge,
    ConnectionRequest,
    DeliveryTry,
    Message,
    OneTimeCode,
    User,
)
from cabinet.models.base import settings
from cabinet.models.fate import State
from cabinet.models.spending import Spending
from tests.cast import ADDRESSES
from tests.simulation.people import Someone
from tests.simulation.world import PRICE, World


def nobody_sees_another(people: list[Someone]) -> None:
    """No name, phone or address of somebody else is on anybody's screen."""
    for one in people:
        text = one.visitor.text if one.visitor.status else ""
        for other in people:
            if other is not one:
                assert other.name not in text, f"{one.name} sees {other.name}"
                street = ADDRESSES[other.account]
                assert other.account == one.account or street not in text, f"{one.name} sees {street}"


def what_was_acknowledged_is_there(people: list[Someone]) -> None:
    """Whoever was told that something is done finds it done."""
    for one in people:
        user = User.by_phone(one.phone)
        assert user is not None or "cabinet" not in one.seen, f"{one.name} has no cabinet"
        if "account" in one.seen:
            assert user is not None
            mine = AccountLink.select().where(AccountLink.user == user.id, AccountLink.account == one.account)
            assert mine.exists(), f"{one.name} has no account"
        for number in one.seen - {"cabinet", "account"}:
            assert ConnectionRequest.get_or_none(number=number), f"the request {number} is not there"


def each_row_has_its_messages() -> None:
    """A row and what announces it were written together, once."""
    told: dict[str, list[str]] = defaultdict(list)
    for message in Message.select().where(Message.channel == "staff"):
        told[message.template].append(str(message.data.get("user") or message.data.get("number")))
    users = sorted(user.id for user in User.select())
    assert sorted(told["registered"]) == users, "each registration is told once"
    numbers = sorted(request.number for request in ConnectionRequest.select())
    assert len(told["connection_request"]) == len(numbers), "each request is told once"
    sent = {message.data.get("code") for message in Message.select().where(Message.template == "code")}
    assert {code.id for code in OneTimeCode.select()} == sent, "each code is on its way"


def nothing_waits() -> None:
    """At the end each message is sent, or dead with an alarm; codes may be out of date."""
    assert not Message.select().where(Message.waiting()).exists(), "a message waits for ever"
    for message in Message.select():
        assert (message.sent_at is None) != (message.dead_at is None), message.template
    dead = Message.select().where(Message.dead(), Message.template != "code")
    assert not dead.exists() or Alarm.select().where(Alarm.name == "dead").exists(), "nobody is told"


def limits_held() -> None:
    """No limit was exceeded, whatever happened at the same time."""
    own = settings()
    for code in OneTimeCode.select():
        assert code.tries <= own.code_tries, "guesses of a code"
    sent: dict[str, int] = defaultdict(int)
    for code in OneTimeCode.select():
        sent[code.phone] += 1
    most = own.sms_per_phone_day + 2 * own.sms_per_phone_day_reserved
    assert max(sent.values(), default=0) <= most, "SMS to a phone"
    misses: dict[tuple[str, str], int] = defaultdict(int)
    for attempt in Attempt.select().where(Attempt.kind.in_(("lookup-phone", "wrong-code"))):
        misses[attempt.kind, attempt.subject] += 1
    for (kind, subject), count in misses.items():
        allowed = own.lookup_per_user_day if kind == "lookup-phone" else own.code_wrong_per_phone_day
        assert count <= allowed, (kind, subject)


def deliveries_are_right(world: World) -> None:
    """Nobody gets different digits, nor the same again unless the first was silent; every rouble counts."""
    by_ref = defaultdict(list)
    for take in world.takes:
        by_ref[take.ref].append(take)
    for ref, takes in by_ref.items():
        assert len({take.text for take in takes}) == 1, "nobody gets different digits"
        for gateway in {heard for take in takes for heard in take.after}:
            assert _died_before_the_note(ref, gateway), "a second only after silence"
    for message in Message.select().where(Message.channel == "sms", Message.sent()):
        assert message.id in by_ref, "marked as sent, and never handed over"
    rows = list(DeliveryTry.select())
    for gateway in {take.gateway for take in world.takes}:
        taken = sum(take.gateway == gateway for take in world.takes)
        assert taken <= sum(row.gateway == gateway for row in rows), "each that is paid for is recorded"
    heard = [row for row in rows if row.price is not None]
    assert {row.price for row in heard} <= {PRICE}
    assert len(heard) <= len(world.takes)
    counted = sum(row.price for row in Spending.select())
    assert counted == sum(row.cost[1] for row in rows), "every rouble is counted"


def _died_before_the_note(ref: str, gateway: str) -> bool:
    """Whether our process died when it had the answer: to us the gateway was silent."""
    mine = DeliveryTry.select().where(DeliveryTry.message == ref, DeliveryTry.gateway == gateway)
    return any(row.state in (State.BEGUN, State.SILENT) for row in mine)


def the_month_is_whole(accounts: int) -> None:
    """An import is all there or not at all."""
    there = Charge.select().where(Charge.period == "2026-11-01").count()
    assert there in (0, accounts), f"{there} of {accounts} rows of an import"
