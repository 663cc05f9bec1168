"""Requests of one person, as staff are offered them to merge."""

import pytest
from peewee import Database

from cabinet.models import Staff, request_merging
from cabinet.models.request_merging import merge, others_of
from tests.cast import OTHER_PHONE, PHONE, resident
from tests.models.test_request import submit


def test_they_are_of_the_cabinet_by_whichever_number(database: Database) -> None:
    anna = resident(PHONE)
    mine = [submit(phone, key=phone, user_id=anna.id) for phone in (PHONE, OTHER_PHONE)]
    assert others_of(mine[0]) == [mine[1]] and others_of(mine[1]) == [mine[0]]


def test_strangers_crowd_none_out(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_merging, "MOST", 2)
    for number in range(2):
        submit(f"+7999000000{number}", key=f"{number}")
    older, newer = submit(PHONE, key="older"), submit(PHONE, key="newer")
    assert others_of(newer) == [older]


def test_one_that_is_gone_is_merged_with_nothing(database: Database) -> None:
    clerk, left = Staff.add("olga@example.org", "clerk", "hash"), submit(PHONE)
    for pair in ((left.number, "00000000"), ("00000000", left.number)):
        assert not merge(*pair, clerk, "", left.last_entry(), 0)
