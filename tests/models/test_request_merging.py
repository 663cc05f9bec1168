"""Requests of one person, as staff are offered them to merge."""

import pytest
from peewee import Database

from cabinet.models import RequestNote, Staff, Unread, request_merging
from cabinet.models.database import db
from cabinet.models.request_merging import merge, others_of
from tests.cast import OTHER_PHONE, PHONE, resident
from tests.models.test_request import submit


def test_they_are_of_the_cabinet_by_whichever_number(database: Database) -> None:
    anna = resident(PHONE)
    mine = [submit(phone, key=phone, user_id=anna.id) for phone in (PHONE, OTHER_PHONE)]
    assert others_of(mine[0]) == [mine[1]] and others_of(mine[1]) == [mine[0]]
    before = submit(PHONE, key="before the cabinet")
    assert others_of(mine[0]) == [before, mine[1]]


def test_strangers_crowd_none_out(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_merging, "MOST", 2)
    for number in range(2):
        submit(f"+7999000000{number}", key=f"{number}")
    older, newer = submit(PHONE, key="older"), submit(PHONE, key="newer")
    assert others_of(newer) == [older]


def test_what_was_written_about_the_other_is_told_from_all_else(database: Database) -> None:
    clerk = Staff.add("olga@example.org", "clerk", "hash")
    kept, other, strangers = submit(PHONE, key="1"), submit(PHONE, key="2"), submit(OTHER_PHONE, key="3")
    with db.atomic():
        for one in (kept, other, strangers):
            RequestNote.create(request=one, kind="note", text=one.number, staff="x")
            Unread.create(request=one.id)
        Unread.delete().where(Unread.request == kept.id).execute()
    assert merge(kept.number, other.number, clerk, "", kept.last_entry(), other.last_entry())
    notes = RequestNote.select().order_by(RequestNote.id)
    assert [(note.kind, note.request.id, note.origin, note.staff) for note in notes] == [
        ("note", kept.id, None, "x"),
        ("note", kept.id, other.number, "x"),
        ("note", strangers.id, None, "x"),
        ("joined", kept.id, other.number, clerk.id),
        ("merged", other.id, None, clerk.id),
    ]
    assert {one.request.id for one in Unread.select()} == {kept.id, strangers.id}


def test_one_that_is_gone_is_merged_with_nothing(database: Database) -> None:
    clerk, left = Staff.add("olga@example.org", "clerk", "hash"), submit(PHONE)
    for pair in ((left.number, "00000000"), ("00000000", left.number)):
        assert not merge(*pair, clerk, "", left.last_entry(), 0)
