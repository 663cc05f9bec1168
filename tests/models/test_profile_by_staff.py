"""What staff change about residents, and what closing and opening a cabinet ends and leaves."""

from typing import Any

import peewee
import pytest

from cabinet.models import Audit, MaxLink, Message, PassedNumber, Passkey, User, WayBack, profile
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.resident_search import find
from tests.cast import LESNAYA, NEW_PHONE, OTHER_PHONE, PASSWORD, PHONE, bill, hashed, told
from tests.models.clock import DAY, after, moment
from tests.models.test_profile import IP, Traces

BY = "staff:olga"


@pytest.fixture
def traces(database: peewee.Database) -> Traces:
    """Two residents, each with a passkey and MAX besides."""
    bill(LESNAYA)
    found = Traces()
    with db.atomic():
        for number, user in enumerate((found.anna, found.boris)):
            Passkey.create(user=user, credential=f"{number}", public_key=b"", name="Chrome")
            MaxLink.create(user=user, max_user=number, started=now())
        User.update(middle_name="Петровна").execute()
        Audit.delete().execute()
    found.anna = fresh(found.anna)
    return found


def fresh(user: User) -> User:
    found: User = User.get_by_id(user.id)
    return found


def audited() -> list[tuple[str, str, str, str, object]]:
    rows = Audit.select().order_by(Audit.id)
    return [(row.action, row.actor, row.subject, row.ip, row.detail) for row in rows]


def to_staff() -> dict[str, Any]:
    """What the only message to them says, and of what kind it is."""
    message = Message.get(Message.channel == "staff")
    return {"event": message.template, **message.data}


def others(traces: Traces) -> dict[str, list[str]]:
    """Whose passkeys and MAX there are."""
    return {model.__name__: sorted(row.user_id for row in model.select()) for model in (Passkey, MaxLink)}


def all_ends(traces: Traces) -> None:
    """Nothing of hers signs in any more; all of his does."""
    boris = traces.boris.id
    assert traces.sessions() == ["his"] and traces.browsers() == "b"
    assert traces.codes_work() == [False, True] and traces.links() == [boris]
    assert others(traces) == {"Passkey": [boris], "MaxLink": [boris]}
    assert (fresh(traces.anna).password_hash, fresh(traces.boris).password_hash) == (None, hashed(PASSWORD))


def test_a_name_is_corrected_if_it_is_the_one_that_was_shown(traces: Traces) -> None:
    anna, names = traces.anna, ("Ёлкина", "Аня", "Ивановна")
    with pytest.raises(profile.ChangedMeanwhileError):
        profile.correct_name(anna, names, "Иванова Анна", BY, IP)
    same = ("Иванова", "Анна", "Петровна")
    assert not profile.correct_name(anna, same, "Иванова Анна Петровна", BY, IP)
    assert audited() == [] and not Message.select().exists()
    with after():
        assert profile.correct_name(anna, names, "Иванова Анна Петровна", BY, IP)
    row = fresh(anna)
    assert (row.last_name, row.first_name, row.middle_name) == names
    assert fresh(traces.boris).last_name == "Иванова"
    assert told(anna.email) == ["name_corrected"] and told(PHONE) == [], "no SMS where there is a mailbox"
    assert to_staff() == {
        "event": "profile_changed",
        "what": "name",
        "before": "Иванова Анна Петровна",
        "by": "staff",
        "user": anna.id,
        "phone": PHONE,
        "name": "Ёлкина Аня Ивановна",
        "email": anna.email,
        "at": moment(0).isoformat(),
    }
    assert audited() == [("staff-resident-renamed", BY, anna.id, IP, {})]


def test_a_number_that_others_decided_on_ends_all_that_the_old_one_was_good_for(traces: Traces) -> None:
    anna = traces.anna
    with db.atomic():
        profile.replace_number(anna, NEW_PHONE)
    assert anna.phone == fresh(anna).phone == NEW_PHONE and fresh(traces.boris).phone == OTHER_PHONE
    assert told(PHONE) == told(anna.email) == ["phone_changed"] and told(NEW_PHONE) == []
    all_ends(traces)


@pytest.mark.parametrize("reason", ["asked", "rules"])
def test_who_is_shut_out_for_a_while_keeps_the_password(traces: Traces, reason: str) -> None:
    anna = traces.anna
    with after():
        assert profile.close(anna, BY, IP, reason)
    assert fresh(anna).blocked_at == moment(0) and fresh(traces.boris).blocked_at is None
    assert traces.sessions() == ["his"] and fresh(anna).password_hash == hashed(PASSWORD)
    assert others(traces)["Passkey"] == sorted([anna.id, traces.boris.id]) and traces.browsers() == "htb"
    assert told(PHONE) == told(anna.email) == ["access_closed"]
    assert {m.data["reason"] for m in Message.select()} == {reason}
    assert audited() == [("user-blocked", BY, anna.id, IP, {"reason": reason})]
    assert fresh(anna).blocked_for == reason
    assert not profile.close(anna, BY, IP, "stranger"), "it is closed already"
    assert fresh(anna).password_hash and len(audited()) == 1


def test_where_the_number_is_anothers_only_the_mailbox_is_told(traces: Traces) -> None:
    assert profile.close(traces.anna, BY, IP, "number")
    assert told(PHONE) == [] and told(traces.anna.email) == ["access_closed"]


def test_nothing_that_a_stranger_may_know_or_left_lets_in(traces: Traces) -> None:
    assert profile.close(traces.anna, BY, IP, "stranger")
    all_ends(traces)
    assert fresh(traces.anna).phone == PHONE and not PassedNumber.select().exists()
    assert told("staff") == [], "a number of long ago is the resident's"


def test_a_number_that_a_stranger_may_have_put_in_goes(traces: Traces) -> None:
    anna = traces.anna
    profile.change_phone(anna, NEW_PHONE, IP, "")
    with db.atomic():
        Message.delete().execute()
        Audit.delete().where(Audit.action != "phone-changed").execute()
    with after():
        assert profile.close(anna, BY, IP, "stranger")
    assert fresh(anna).phone == anna.phone and not fresh(anna).has_number
    gone = PassedNumber.get()
    assert (gone.phone, gone.user_id, gone.taken_by) == (NEW_PHONE, anna.id, "")
    staff = to_staff()
    assert (staff["event"], staff["what"], staff["before"]) == ("profile_changed", "phone", NEW_PHONE)
    assert (staff["phone"], staff["by"]) == ("", "staff")
    assert [row for row in audited() if row[0] == "staff-number-dropped"] == [
        ("staff-number-dropped", BY, anna.id, IP, {})
    ]
    all_ends(traces)
    assert WayBack.is_open(anna), "the holder of the one before may take it back"


def test_it_is_opened_once_and_a_way_back_lasts_as_if_it_began_now(traces: Traces) -> None:
    anna = traces.anna
    assert not profile.reopen(anna, BY, IP), "it is not closed"
    with after():
        profile.change_phone(anna, NEW_PHONE, IP, "")
    with after(DAY):
        profile.close(fresh(anna), BY, IP, "asked")
    with after(100 * DAY):
        assert profile.reopen(fresh(anna), BY, IP)
        assert fresh(anna).blocked_at is None and WayBack.get().at == moment(100 * DAY)
        assert not profile.reopen(fresh(anna), BY, IP)
    assert audited()[-1] == ("user-unblocked", BY, anna.id, IP, {})
    assert [row[0] for row in audited()].count("user-unblocked") == 1


def test_one_that_is_over_stays_over(traces: Traces) -> None:
    anna = traces.anna
    with after():
        profile.change_phone(anna, NEW_PHONE, IP, "")
    with after(50 * DAY):
        profile.close(fresh(anna), BY, IP, "asked")
        profile.reopen(fresh(anna), BY, IP)
    assert WayBack.get().at == moment(0)


def test_a_new_name_is_found_at_once(traces: Traces) -> None:
    assert profile.correct_name(traces.anna, ("Ёлкина", "Аня", ""), "Иванова Анна Петровна", BY, IP)
    assert find("елкина").keys == [traces.anna.id]
