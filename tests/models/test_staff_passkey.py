"""Passkeys of the staff as they are kept: each person's own, and none of a copied device."""

from typing import Any

import peewee
import pytest

from cabinet.models import Audit, Staff, StaffPasskey
from cabinet.models.passkey import MOST, TooManyPasskeysError
from tests.models.clock import after, moment

IP = "192.0.2.1"


@pytest.fixture
def olga(database: peewee.Database) -> Staff:
    return Staff.add("olga@example.org", "clerk", "hash")


@pytest.fixture
def ivan(database: peewee.Database) -> Staff:
    return Staff.add("ivan@example.org", "clerk", "hash")


def add(staff: Staff, credential: str, **values: Any) -> StaffPasskey:
    """One more passkey of a person."""
    assert StaffPasskey.add(staff, IP, credential=credential, public_key=b"key", name="Ключ", **values)
    return StaffPasskey.get(StaffPasskey.credential == credential)


def recorded(action: str) -> list[tuple[str, str, object]]:
    rows = Audit.select().where(Audit.action == f"staff-passkey-{action}").order_by(Audit.id)
    return [(row.actor, row.ip, row.detail) for row in rows]


def test_one_is_removed_and_the_others_stay(olga: Staff, ivan: Staff) -> None:
    lost, kept, his = add(olga, "a"), add(olga, "b"), add(ivan, "c")
    assert not StaffPasskey.remove(olga, his.id, IP) and StaffPasskey.of(ivan) == [his]
    assert StaffPasskey.remove(olga, lost.id, IP) and not StaffPasskey.remove(olga, lost.id, IP)
    assert StaffPasskey.of(olga) == [kept]
    assert recorded("removed") == [(olga.actor, IP, {"passkey": lost.id})]
    assert recorded("added")[0] == (olga.actor, IP, {"passkey": lost.id})


def test_as_many_as_one_may_have_are_counted_for_each(olga: Staff, ivan: Staff) -> None:
    for number in range(MOST):
        add(olga, f"a{number}")
    with pytest.raises(TooManyPasskeysError):
        add(olga, "one more")
    add(ivan, "b")


@pytest.mark.parametrize(
    ("kept", "told", "good"),
    [(4, 5, True), (4, 4, False), (4, 3, False), (4, 0, False), (0, 0, True), (0, 1, True), (1, 0, False)],
)
def test_a_count_that_does_not_grow_is_of_a_copy(olga: Staff, kept: int, told: int, good: bool) -> None:
    key, other = add(olga, "a", sign_count=kept), add(olga, "b", sign_count=9)
    with after():
        assert key.use(told, True, IP) is good
    now = StaffPasskey.get_by_id(key.id)
    assert (now.sign_count, now.backed_up, now.used_at) == (
        (told, True, moment(0)) if good else (kept, False, None)
    )
    assert StaffPasskey.get_by_id(other.id).__data__ == other.__data__
    assert recorded("used") == ([(olga.actor, IP, {"passkey": key.id})] if good else [])


def test_who_used_one_was_here_and_nobody_else(olga: Staff, ivan: Staff) -> None:
    with after():
        add(olga, "a").use(0, False, IP)
    assert Staff.get_by_id(olga.id).signed_in_at == moment(0) != Staff.get_by_id(ivan.id).signed_in_at


def test_what_was_refused_is_on_record(olga: Staff) -> None:
    key = add(olga, "a")
    key.refuse(IP)
    assert recorded("refused") == [(olga.actor, IP, {"passkey": key.id})]
