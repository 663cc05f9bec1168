"""What must hold at any time, and at the end of every schedule."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from cabinet.models import (
    AccountLink,
    Alarm,
    Attempt,
    Audit,
    ConnectionRequest,
    DeliveryTry,
    Message,
    OneTimeCode,
    Registration,
    User,
)
from cabinet.models.base import settings
from cabinet.models.database import db
from cabinet.models.limits import PRESSES, limits_of
from cabinet.models.spending import Spending
from tests.cast import ADDRESSES, DACHNAYA
from tests.simulation.callers import Caller
from tests.simulation.people import Someone
from tests.simulation.receivers import Receiver
from tests.simulation.world import PRICE, World

Person = Someone | Caller
TOLD_OF = {"account_linked": "account-linked", "account_unlinked": "account-unlinked"}


def nobody_sees_another(people: Sequence[Person]) -> None:
    """No name, phone or address of somebody else is on anybody's screen."""
    for one in people:
        for other in people:
            if other.phone != one.phone:
                assert not one.sees(other.name), f"{one.name} sees {other.name}"
                street = ADDRESSES[other.account]
                assert other.account == one.account or not one.sees(street), f"{one.name} sees {street}"


def what_was_acknowledged_is_there(people: Sequence[Person]) -> None:
    """Whoever was told that something is done finds it done."""
    for one in people:
        user = User.by_phone(one.phone)
        assert user is not None or "cabinet" not in one.told.seen, f"{one.name} has no cabinet"
        if "account" in one.told.seen:
            assert user is not None
            assert _holds(user, one.account), f"{one.name} has no account"
        if "second account" in one.told.seen:
            assert user is not None and _holds(user, DACHNAYA), f"{one.name} has no second account"
        if one.told.password:
            assert user is not None and user.password_hash == one.told.password, f"{one.name}'s password"
        for number in one.told.seen - {"cabinet", "account", "second account"}:
            assert ConnectionRequest.get_or_none(number=number), f"the request {number} is not there"


def _holds(user: User, account: str) -> bool:
    return AccountLink.select().where(AccountLink.user == user.id, AccountLink.account == account).exists()


def each_row_has_its_messages(people: Sequence[Person]) -> None:
    """A row and what announces it were written together, once."""
    told: dict[str, list[str]] = defaultdict(list)
    for message in Message.select(Message.template, Message.data).where(Message.channel == "staff"):
        told[message.template].append(str(message.data.get("user") or message.data.get("number")))
    done = Registration.select().where(Registration.completed_at.is_null(False))
    assert sorted(told["registered"]) == sorted(one.user.id for one in done if one.user), (
        "each registration is told once"
    )
    numbers = sorted(request.number for request in ConnectionRequest.select())
    assert len(told["connection_request"]) == len(numbers), "each request is told once"
    if all(isinstance(one, Caller) for one in people):
        forms = {one.phone: one.told.forms for one in people}
        assert len(numbers) <= sum(forms.values()), "what is sent twice is one request"
    for event, action in TOLD_OF.items():
        number = Audit.select().where(Audit.action == action).count()
        assert len(told[event]) == number, f"each {action} is told once"
    codes = Message.select(Message.data).where(Message.template == "code")
    sent = {message.data.get("code") for message in codes}
    lived = OneTimeCode.expires_at > OneTimeCode.created_at  # others stand for one that could not be sent
    known = {code.id for code in OneTimeCode.select(OneTimeCode.id).where(lived)}
    assert known == sent, "each code is on its way"


def nothing_waits() -> None:
    """At the end each message is sent, or dead with an alarm; codes may be out of date."""
    waiting = Message.select().where(Message.waiting()).first()
    assert waiting is None, f"a message waits for ever: {waiting and vars(waiting)['__data__']}"
    for message in Message.select(Message.template, Message.sent_at, Message.dead_at):
        assert (message.sent_at is None) != (message.dead_at is None), message.template
    dead = Message.select().where(Message.dead(), Message.template != "code")
    assert not dead.exists() or Alarm.select().where(Alarm.name == "dead").exists(), "nobody is told"


def limits_held() -> None:
    """No limit was exceeded, whatever happened at the same time."""
    own = settings()
    sent: dict[str, int] = defaultdict(int)
    guessed = (OneTimeCode.tries, OneTimeCode.used_at, OneTimeCode.phone, OneTimeCode.counted)
    for code in OneTimeCode.select(*guessed):
        again = PRESSES if code.used_at else 0  # of the right one, just after it was
        assert code.tries <= own.code_tries + again, "guesses of a code"
        sent[code.phone] += bool(code.counted)  # one that the company failed to send counts for nothing
    most = own.sms_per_phone_day + 2 * own.sms_per_phone_day_reserved
    assert max(sent.values(), default=0) <= most, "SMS to a phone"
    at: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for attempt in Attempt.select().order_by(Attempt.at):
        at[attempt.kind, attempt.subject].append(attempt.at)
    for (kind, subject), moments in at.items():
        for most, seconds in _limits(kind):
            for first, beyond in zip(moments, moments[most:], strict=False):
                assert beyond - first >= timedelta(seconds=seconds), (kind, subject)


def waits_held() -> None:
    """Between codes passed what a visitor is asked to wait; who was locked out tried no password."""
    own = settings()
    waits = own.code_resend_waits or (0,)
    at: dict[str, list[datetime]] = defaultdict(list)
    for attempt in Attempt.select().where(Attempt.kind == "sms-phone").order_by(Attempt.at):
        at[attempt.subject].append(attempt.at)
    for subject, moments in at.items():
        for number, (one, following) in enumerate(pairwise(moments), 1):
            wait = timedelta(seconds=waits[min(number, len(waits)) - 1])
            assert following - one >= wait, f"waits between codes to {subject}"
    shut: dict[str, datetime] = {}
    for attempt in Attempt.select().where(Attempt.kind.in_(("login", "lockout"))).order_by(Attempt.id):
        if attempt.kind == "lockout":
            shut[attempt.subject] = attempt.at + timedelta(seconds=own.login_lockouts[0])
        else:
            held = attempt.subject not in shut or attempt.at >= shut[attempt.subject]
            assert held, f"lock-out of {attempt.subject}"


def _limits(kind: str) -> tuple[tuple[int, int], ...]:
    more = 2 * settings().sms_per_phone_day_reserved if kind == "sms-phone" else 0
    try:
        return tuple((most + more, seconds) for most, seconds in limits_of(kind))
    except KeyError:  # it is counted for other ends
        return ()


def deliveries_are_right(world: World) -> None:
    """Nobody gets different digits, nor the same again unless the first was silent; every rouble counts."""
    by_ref = defaultdict(list)
    for take in world.takes:
        by_ref[take.ref].append(take)
    rows = list(DeliveryTry.select())
    tries = Counter((row.message, row.gateway) for row in rows)
    for ref, takes in by_ref.items():
        assert len({take.text for take in takes}) == 1, "nobody gets different digits"
        assert not any(take.after for take in takes), "a second only after silence"
        for gateway, number in Counter(take.gateway for take in takes).items():
            assert number <= tries[ref, gateway], "a second only after silence: by the same one"
    for message in Message.select(Message.id).where(Message.channel == "sms", Message.sent()):
        assert message.id in by_ref, "marked as sent, and never handed over"
    heard = [row for row in rows if row.price is not None]
    assert {row.price for row in heard} <= {PRICE}
    assert len(heard) <= len(world.takes)
    counted = sum(row.price for row in Spending.select())
    assert counted == sum(row.cost[1] for row in rows), "every rouble is counted"


def what_is_sent_was_taken(receivers: Mapping[str, Receiver]) -> None:
    """A letter or an event that counts as sent was handed over."""
    for message in Message.select().where(Message.channel.in_([*receivers]), Message.sent()):
        key = message.parent or message.id if message.channel == "webhook" else message.id
        assert receivers[message.channel].took.get(key), f"sent, and never handed over: {message.template}"


def the_month_is_whole(accounts: int) -> None:
    """An import is all there or not at all."""
    there = db.execute_sql("SELECT COUNT(*) FROM charge WHERE period = '2026-11-01'").fetchone()[0]
    assert there in (0, accounts), f"{there} of {accounts} rows of an import"
