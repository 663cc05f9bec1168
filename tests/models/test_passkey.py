"""Passkeys as they are kept: whose they are, how many there may be, what ends them."""

from typing import Any

import pytest
from peewee import Database, IntegrityError

from cabinet.models import AccountEvent, Message, Passkey, User
from cabinet.models.passkey import MOST, TooManyPasskeysError
from cabinet.models.user import CredentialsChangedError
from tests.cast import OTHER_PHONE, resident, told
from tests.models.clock import after, moment

IP = "192.0.2.1"


def add(user: User, credential: str, seconds: float = 0, **changes: Any) -> Passkey:
    """A passkey that was made so long after the start."""
    values = {"credential": credential, "public_key": b"key", "name": f"of {credential}", **changes}
    with after(seconds):
        return Passkey.add(user, IP, "Firefox", **values)


def test_a_resident_has_her_own_the_oldest_first(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    later, earlier, other = add(anna, "a", 2, id="a"), add(anna, "b", 1, id="c"), add(boris, "c")
    second = add(anna, "d", 1, id="b")
    assert Passkey.of(anna) == [second, earlier, later]
    assert Passkey.own(anna, later.id) == later and Passkey.own(anna, other.id) is None
    found = Passkey.find("c")
    assert found == other and found.public_key == b"key" and found.user_id == boris.id
    assert Passkey.find("e") is None


def test_a_resident_is_told_of_a_new_one(database: Database) -> None:
    anna = resident()
    one = add(anna, "a", sign_count=4, backed_up=True)
    assert Passkey.get().__data__ == {**one.__data__, "used_at": None}
    assert (one.sign_count, one.backed_up, one.created_at) == (4, True, moment(0))
    assert told(anna.email) == ["passkey_added"] and told(anna.phone) == []
    data = {"name": "Анна", "passkey": "of a", "at": moment(0).isoformat()}
    assert Message.get().data == data
    event = AccountEvent.get()
    assert (event.kind, event.phone, event.ip, event.browser) == ("passkey-added", anna.phone, IP, "Firefox")
    assert (event.user_id, event.detail) == (anna.id, {"passkey": one.id})


def test_a_resident_is_told_once_when_one_is_removed(database: Database) -> None:
    anna = resident()
    one, rest = add(anna, "a"), add(anna, "b")
    with after(5):
        one.remove(anna, IP, "Firefox")
        one.remove(anna, IP, "Firefox")
    assert Passkey.of(anna) == [rest]
    assert told(anna.email) == ["passkey_added", "passkey_added", "passkey_removed"]
    assert told(anna.phone) == [], "a letter is enough"
    data = Message.get(Message.template == "passkey_removed").data
    assert data == {"name": "Анна", "passkey": "of a", "at": moment(5).isoformat()}
    event = AccountEvent.get(AccountEvent.kind == "passkey-removed")
    assert (event.phone, event.ip, event.browser) == (anna.phone, IP, "Firefox")
    assert (event.user_id, event.detail) == (anna.id, {"passkey": one.id})


def test_nobody_has_more_than_ten_and_no_key_is_of_two(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    for number in range(MOST):
        add(anna, f"a{number}")
    with pytest.raises(TooManyPasskeysError):
        add(anna, "one more")
    with pytest.raises(IntegrityError):
        add(boris, "a0")
    add(boris, "b")
    assert len(Passkey.of(anna)) == MOST and len(Passkey.of(boris)) == 1


def test_whoever_knows_the_old_password_only_changes_nothing(database: Database) -> None:
    anna = resident()
    one, stale = add(anna, "a"), User.get()
    anna.end_sessions()
    with pytest.raises(CredentialsChangedError):
        add(stale, "b")
    with pytest.raises(CredentialsChangedError):
        one.remove(stale, IP, "")
    assert Passkey.of(anna) == [one]


def test_a_new_name_is_of_one_passkey(database: Database) -> None:
    anna = resident()
    one, _ = add(anna, "a"), add(anna, "b")
    one.rename("Телефон")
    assert [passkey.name for passkey in Passkey.of(anna) if passkey == one] == ["Телефон"]
    assert {passkey.name for passkey in Passkey.of(anna)} == {"Телефон", "of b"}


@pytest.mark.parametrize(
    ("known", "said", "counts"),
    [(1, 2, True), (2, 2, False), (2, 1, False), (0, 0, True), (0, 1, True), (1, 0, False), (1, 1, False)],
)
def test_a_count_that_does_not_grow_is_a_copys(
    database: Database, known: int, said: int, counts: bool
) -> None:
    anna = resident()
    one, other = add(anna, "a", sign_count=known), add(anna, "b")
    with after(9):
        assert one.used(said, True) is counts
    now = Passkey.get_by_id(one.id)
    expected = (said, True, moment(9)) if counts else (known, False, None)
    assert (now.sign_count, now.backed_up, now.used_at) == expected
    assert Passkey.get_by_id(other.id).used_at is None


def test_a_new_password_ends_those_of_its_resident_but_one(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    kept, _, other = add(anna, "a"), add(anna, "b"), add(boris, "c")
    Passkey.forget(anna, but=kept.id)
    assert list(Passkey.select().order_by(Passkey.credential)) == [kept, other]
    Passkey.forget(anna)
    assert list(Passkey.select()) == [other]
    assert told(boris.email) == ["passkey_added"]
