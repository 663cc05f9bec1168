"""Two cabinets of one person become one: what moves, what ends, who is told, and when it may not be."""

from datetime import date, timedelta

import pytest

from cabinet.models import (
    AccountEvent,
    AccountLink,
    Audit,
    ConnectionRequest,
    Consent,
    DataRequest,
    Device,
    EmailLink,
    Message,
    OneTimeCode,
    PassedNumber,
    Passkey,
    Registration,
    User,
    WebSession,
    departure,
)
from cabinet.models.account_event import history_of, ids_of
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.linking import accounts
from cabinet.models.merging import brings, merge
from cabinet.models.own_data import own_data
from cabinet.models.passkey import MOST
from cabinet.models.resident_search import find
from tests.cast import LESNAYA, NEW_PHONE, PHONE, SADOVAYA, told

IP = "192.0.2.1"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def give_passkeys(user: User, *names: str) -> None:
    with db.atomic():
        for number, name in enumerate(names):
            used = now() + timedelta(seconds=number)
            Passkey.create(user=user, credential=f"{user.id}{name}", public_key=b"", name=name, used_at=used)


def test_all_that_one_cabinet_holds_is_the_others(anew: User, before: User) -> None:
    registration = Registration.get().id
    give_passkeys(before, "old")
    with db.atomic():
        PassedNumber.create(phone="+79165550000", user=before.id, taken_by=before.id)
        day = now().date()
        texts = {"kind": "delete", "way": "post", "words": "1", "recorded_by": "s"}
        DataRequest.create(user=before.id, phone=PHONE, came_on=day, until=day, **texts)
    merge(anew, before, IP)
    assert [one.user_id for one in DataRequest.waiting(9)] == [anew.id], "it waits on"
    assert [user.id for user in User.select()] == [anew.id]
    assert {account.number for account in accounts(anew)} == {LESNAYA, SADOVAYA}
    assert AccountLink.select().count() == 2, "an account that both had is there once"
    assert sorted(one.receipt for one in ConnectionRequest.of_user(anew.id)) == ["other.jpg", "receipt.jpg"]
    assert Registration.get_by_id(registration).user == anew
    assert {one.user_id for one in Consent.select()} == {anew.id}
    passed = list(PassedNumber.select().order_by(PassedNumber.at))
    assert [one.phone for one in passed] == ["+79165550000", PHONE]
    assert {one.user_id for one in passed} == {one.taken_by for one in passed} == {anew.id}
    seen = {one.what for one in history_of(anew)}
    assert {"signed-in", "wrong-code", "renamed", "cabinets-merged", "login"} <= seen
    assert not Passkey.select().exists(), "nobody asked for that"
    assert find("Лесная").keys == [anew.id] and find("Прежняя").keys == []


def test_its_number_opens_nothing_more_and_all_that_was_begun_there_ends(anew: User, before: User) -> None:
    WebSession.store("here", {}, anew.id, IP, "")
    merge(anew, before, IP)
    assert User.by_phone(PHONE) is None and anew.phone == NEW_PHONE
    assert [row.key for row in WebSession.select()] == ["here"]
    assert not Device.select().exists() and not EmailLink.select().exists()
    assert not [code for code in OneTimeCode.select() if code.live]
    fresh = User.get_by_id(anew.id)
    assert (fresh.stamp, fresh.password_hash, fresh.full_name) == (
        anew.stamp,
        anew.password_hash,
        "Иванова Анна",
    )


def test_both_numbers_both_addresses_and_the_staff_are_told(anew: User, before: User) -> None:
    with db.atomic():
        User.update(email="new@example.org").where(User.id == anew.id).execute()
        Message.delete().execute()
    merge(User.get_by_id(anew.id), before, IP)
    for to in (PHONE, NEW_PHONE, "anna@example.org", "new@example.org", "staff"):
        assert told(to) == ["cabinets_merged"], to
    for one in Message.select().where(Message.channel != "staff"):
        assert (one.data["kept"], one.data["closed"]) == (NEW_PHONE[-4:], PHONE[-4:]), "no more of either"
    event = Message.get(Message.channel == "staff").data
    assert (event["user"], event["phone"]) == (anew.id, NEW_PHONE)
    assert (event["merged"], event["before"]) == (before.id, PHONE)
    rows = Audit.select().where(Audit.action.startswith("cabinet")).order_by(Audit.id)
    assert [(row.action, row.actor, row.subject, row.ip) for row in rows] == [
        ("cabinets-merged", f"user:{anew.id}", anew.id, IP),
        ("cabinet-merged-away", "system", before.id, ""),
    ]


def test_an_address_that_both_have_is_told_once(anew: User, before: User) -> None:
    with db.atomic():
        User.update(email="anna@example.org").where(User.id == anew.id).execute()
        Message.delete().execute()
    merge(User.get_by_id(anew.id), before, IP)
    assert told("anna@example.org") == told(PHONE) == told(NEW_PHONE) == ["cabinets_merged"]


@SQLITE
@pytest.mark.parametrize(
    ("wanted", "own", "confirmed", "kept"),
    [
        (True, "", True, "anna@example.org"),
        (False, "", True, ""),
        (True, "", False, ""),
        (True, "own@example.org", True, "own@example.org"),
    ],
)
def test_an_address_comes_along_only_confirmed_wanted_and_missed(
    anew: User, before: User, wanted: bool, own: str, confirmed: bool, kept: str
) -> None:
    with db.atomic():
        User.update(email=own).where(User.id == anew.id).execute()
        if not confirmed:
            User.update(email_confirmed_at=None).where(User.id == before.id).execute()
    merge(User.get_by_id(anew.id), before, IP, with_email=wanted)
    fresh = User.get_by_id(anew.id)
    assert fresh.email == kept and bool(fresh.email_confirmed_at) == (kept == "anna@example.org")
    assert find("anna@example.org").keys == ([anew.id] if kept == "anna@example.org" else [])


@pytest.mark.parametrize("wanted", [True, False])
def test_passkeys_come_along_only_if_that_is_wanted(anew: User, before: User, wanted: bool) -> None:
    give_passkeys(anew, "own")
    give_passkeys(before, "old")
    merge(anew, before, IP, with_passkeys=wanted)
    assert {one.name for one in Passkey.select()} == {"own", "old"} if wanted else {"own"}
    assert {one.user_id for one in Passkey.select()} == {anew.id}


def test_no_more_passkeys_than_one_may_have_and_those_used_last(anew: User, before: User) -> None:
    give_passkeys(anew, *(f"own {number}" for number in range(MOST - 2)))
    give_passkeys(before, "first", "second", "third")
    assert [one.name for one in brings(anew, before).passkeys] == ["third", "second"]
    merge(anew, before, IP, with_passkeys=True)
    assert len(Passkey.of(anew)) == MOST and Passkey.select().where(Passkey.name == "first").count() == 0


def test_what_is_shown_before_is_what_moves(anew: User, before: User) -> None:
    holding = brings(anew, before)
    assert [account.number for account in holding.accounts] == [LESNAYA]
    assert (holding.requests, holding.passkeys, holding.email) == (1, [], "anna@example.org")


def test_who_leaves_later_leaves_nothing_of_either_cabinet(anew: User, before: User) -> None:
    with db.atomic():
        User.update(birth_date=date(1980, 2, 1)).execute()
    merge(anew, before, IP)
    assert ids_of(anew) == [anew.id, before.id]
    user = User.get_by_id(anew.id)
    assert {"signed-in", "renamed"} <= {one["what"] for one in own_data(user)["events"]}
    departure.erase(user)
    actors = [f"user:{one}" for one in (anew.id, before.id)]
    assert {row.ip for row in Audit.select().where(Audit.actor.in_(actors))} == {""}
    assert not AccountEvent.select().exists() and not ConnectionRequest.select().exists()
    with db.atomic():
        Message.update(due_at=None).execute()
    assert not [row for row in Message.select() if before.id in str(row.data) and not row.blank_after]
