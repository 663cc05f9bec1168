"""What staff have half-written about somebody goes with them at once; what is about others stays."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from peewee import Database

from cabinet.models import (
    ConnectionRequest,
    DataRequest,
    PhoneChange,
    WebSession,
    departure,
    erasure,
    half_written,
)
from cabinet.models.base import new_id, now, unix_time
from cabinet.models.database import db
from cabinet.models.erasure import cleared, traces_of
from cabinet.models.user import User
from cabinet.receipts import store
from cabinet.worker.purge import purge
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.models.test_request import submit

ANYWHERE = "/staff/registrations/invitations/new"


def desk(key: str = "desk", **data: Any) -> None:
    """A clerk's session with this in it."""
    WebSession.store(key, {"staff": {"id": "s"}, **data}, None, "198.51.100.1", "browser")


def left(key: str = "desk") -> dict[str, Any]:
    """What is still in it."""
    return {name: value for name, value in WebSession.get_by_id(key).data.items() if name != "staff"}


def typed(*places: str, **words: str) -> dict[str, Any]:
    return {place: {"at": int(unix_time()), **(words or {"text": "Недописано"})} for place in places}


def anna(**changes: Any) -> User:
    return resident(PHONE, last_name="Петрова-Водкина", first_name="Алёна", email="anna@mail.ru", **changes)


@pytest.mark.parametrize(
    "words",
    [
        "Позвонить на +7 (916) 123-45-67",
        "тел. 89161234567, вечером",
        "пишет с Anna@Mail.RU.",
        "алена водкина и петрова, кв. 5",
        "ПЕТРОВА-ВОДКИНА Алёна",
    ],
)
def test_words_that_name_somebody_go_with_them(database: Database, words: str) -> None:
    user = anna()
    desk(staff_typed=typed(ANYWHERE, phone="", text=words), staff_search=words)
    departure.erase(user)
    assert left() == {"staff_typed": {}}


@pytest.mark.parametrize(
    "words",
    [
        "Позвонить на +7 (916) 123-45-68",
        "пишет с joanna@mail.ru",
        "пишет с anna@mail.ru.example.org",
        "Водкина Анна",
        "Петрова Алёна",
        "Алёна из Водкиной",
        "",
    ],
)
def test_words_about_others_stay(database: Database, words: str) -> None:
    user = anna()
    kept: dict[str, Any] = {
        "staff_typed": typed(ANYWHERE, text=words),
        "staff_sent": {ANYWHERE: 1},
        "staff_search": words,
    }
    desk(**kept)
    departure.erase(user)
    assert left() == kept


def test_what_lies_by_their_places_goes_and_what_lies_by_those_of_others_stays(database: Database) -> None:
    user, boris = anna(), resident(OTHER_PHONE, last_name="Носов")
    mine, his = submit(PHONE, key="1", user_id=user.id), submit(OTHER_PHONE, key="2", user_id=boris.id)
    gone = [mine.number, f"/staff/resident/{user.id}/name", f"/staff/resident/{user.id}/phone"]
    stays = [his.number, f"/staff/resident/{boris.id}/name", "/staff/template/new"]
    for key in ("desk", "ended"):
        desk(
            key,
            staff_typed=typed(*gone, *stays),
            staff_sent=dict.fromkeys([*gone, *stays], 1),
            staff_undo={"user": user.id, "what": "name", "before": ["Водкина", "", ""]},
        )
    departure.erase(user, cleared(user))
    for key in ("desk", "ended"):
        for name in ("staff_typed", "staff_sent"):
            assert sorted(left(key)[name]) == sorted(stays)
        assert "staff_undo" not in left(key)


def test_what_is_typed_while_they_are_looked_for_goes_too(database: Database) -> None:
    user = anna()
    desk()
    found = cleared(user)
    desk(staff_typed=typed(f"/staff/resident/{user.id}/name"))
    departure.erase(user, found)
    assert left() == {"staff_typed": {}}


def test_a_former_number_is_theirs_in_words_of_that_time_alone(database: Database) -> None:
    user = anna()
    found = traces_of(user)
    since = now() - timedelta(hours=12)
    for ended, theirs in ((13, False), (11, True)):
        left_at = {NEW_PHONE: now() - timedelta(hours=ended)}
        known = type(found)(user, (), (NEW_PHONE,), (), (), now(), left=left_at)
        assert known.named_in(f"звонить {NEW_PHONE}", since) is theirs


@pytest.mark.parametrize(("ended", "kept"), [(13, True), (11, False)])
def test_a_former_number_goes_from_what_may_have_been_typed_while_it_was_theirs(
    database: Database, ended: int, kept: bool
) -> None:
    user = anna()
    desk(staff_search=f"звонить {NEW_PHONE}")
    left_at = {NEW_PHONE: now() - timedelta(hours=ended)}
    with db.atomic():
        half_written.forget(replace(traces_of(user), phones=(PHONE, NEW_PHONE), left=left_at), ["desk"])
    assert ("staff_search" in left()) is kept


def test_a_number_that_a_contact_in_max_proved_is_not_theirs_in_words(database: Database) -> None:
    user = anna()
    known = type(traces_of(user))(user, (), (PHONE,), (), (), now(), by_contact=True)
    assert not known.named_in(f"звонить {PHONE}", now())


def test_of_somebody_without_a_cabinet_nothing_lies_half_written_either(database: Database) -> None:
    request = submit(PHONE, last_name="Водкина", first_name="Алёна")
    file = store.keep(b"x")
    reply = {"reply": "Здравствуйте", "attached": file}
    desk(staff_typed={**typed(request.number, **reply), **typed(ANYWHERE, text="Алёна Водкина")})
    days = {"came_on": now().date(), "until": now().date(), "erase_at": now(), "decided_at": now()}
    asked = {"kind": "delete", "way": "post", "words": "№ 1", "recorded_by": "s", "outcome": "approved"}
    with db.atomic():
        DataRequest.create(phone=PHONE, **asked, **days)
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        assert purge()["people"] == 1
    assert left() == {"staff_typed": {}} and not ConnectionRequest.select().exists()
    assert not [path.name for path in store.folder().iterdir() if file in path.name]


def test_the_purge_takes_what_is_about_nobody_any_more(database: Database) -> None:
    user, request = anna(), submit(OTHER_PHONE)
    told = {"reason": "", "identified": "", "asked_by": "s", "seen": "", "until": now()}
    asked = {"kind": "tell", "way": "post", "words": "", "came_on": now().date(), "until": now().date()}
    with db.atomic():
        change = PhoneChange.create(user=user, phone=NEW_PHONE, **told)
        wish = DataRequest.create(user=user, phone=PHONE, recorded_by="s", **asked)
    there = [
        request.number,
        f"/staff/resident/{user.id}/name",
        f"/staff/phone-change/{change.id}/refuse",
        f"/staff/data-request/{wish.id}/close",
        "/staff/template/new",
    ]
    gone = [
        "00000000",
        f"/staff/resident/{new_id()}/name",
        f"/staff/phone-change/{new_id()}/refuse",
        f"/staff/data-request/{new_id()}/close",
    ]
    old = {"/staff/people": {"at": int(unix_time()) - half_written.KEPT_FOR - 1, "full_name": "Ольга"}}
    desk(staff_typed={**typed(*there, *gone), **old}, staff_sent=dict.fromkeys([*there, *gone], 1))
    assert purge()["half_written"] == 1
    assert {name: sorted(value) for name, value in left().items()} == {
        "staff_typed": sorted(there),
        "staff_sent": sorted(there),
    }
    assert purge()["half_written"] == 0


def test_what_a_visitor_types_makes_no_session_one_of_staff(database: Database) -> None:
    said = {"rejected": {"data": json.dumps({"staff_typed": "staff_"})}, "phone_typed": '"staff_'}
    WebSession.store("visitor", said, None, "198.51.100.1", "browser")
    desk("mine")
    assert half_written.desks() == ["mine"]


def test_files_of_all_desks_go_however_many_there_are(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "BATCH", 1)
    user = anna()
    mine = submit(PHONE, user_id=user.id)
    for name in ("one", "two"):
        desk(name, staff_typed=typed(mine.number, reply="Здравствуйте", attached=f"{name}.pdf"))
    assert sorted(cleared(user).files) == ["one.pdf", "two.pdf"]


@pytest.mark.parametrize("words", ["кв. 67, код 4567", "7", "916123", "+7 903 123-45-67"])
def test_other_digits_name_nobody(database: Database, words: str) -> None:
    assert not traces_of(anna()).named_in(words, now())
