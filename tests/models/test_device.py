"""Browsers that a resident signed in from before."""

from peewee import Database

from cabinet.models import Device
from tests.cast import OTHER_PHONE, resident
from tests.models.clock import DAY, after, moment


def test_a_browser_is_new_once(database: Database) -> None:
    anna = resident()
    with after():
        token, new = Device.remember(None, anna, "b" * 301)
    row = Device.get()
    assert new and len(token) == 43 and row.user == anna and row.user_agent == "b" * 300
    with after(10):
        assert Device.remember(token, anna, "b") == (token, False)
    row = Device.get()
    assert (row.created_at, row.seen_at) == (moment(0), moment(10)) and token not in row.key


def test_a_token_is_kept_for_further_residents(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    with after():
        token, _ = Device.remember(None, anna, "")
    assert not Device.knows(token, boris)
    with after(10):
        assert Device.remember(token, boris, "") == (token, True)
    assert Device.knows(token, anna) and Device.knows(token, boris)
    assert Device.get(Device.user == anna).seen_at == moment(0)


def test_a_token_that_is_none_of_ours_is_replaced(database: Database) -> None:
    anna = resident()
    for made_up in ("", "short", "x" * 42, "x" * 44):
        token, new = Device.remember(made_up, anna, "")
        assert new and len(token) == 43 and token != made_up


def test_strangers_are_not_known(database: Database) -> None:
    anna = resident()
    token, _ = Device.remember(None, anna, "")
    assert Device.knows(token, anna)
    assert not Device.knows("x" * 43, anna) and not Device.knows(None, anna) and not Device.knows("", anna)
    assert not Device.knows(token, None) and not Device.knows("\ud800", anna)


def test_a_browser_is_settled_after_a_day_whenever_it_is_seen(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    with after():
        token, _ = Device.remember(None, anna, "")
    for seconds, settled in ((0, False), (DAY, False), (DAY + 1, True)):
        with after(seconds):
            Device.remember(token, anna, "")
            assert Device.is_settled(token, anna) == settled
    with after(DAY + 1):
        assert not Device.is_settled(token, boris) and not Device.is_settled("x" * 43, anna)
        assert not Device.is_settled(None, anna)


def test_browsers_outlive_an_update(database: Database) -> None:
    Device.remember("t" * 43, resident(), "")
    assert Device.get().key == "25db0e2fc09970e85fee964d9f7ab185dda60cbce82d717aa0adcaf075f50bff"


def test_all_can_be_forgotten_but_one(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    for token, user in (("a" * 43, anna), ("b" * 43, anna), ("c" * 43, boris)):
        Device.remember(token, user, "")
    Device.forget(anna, but="a" * 43)
    assert Device.knows("a" * 43, anna) and not Device.knows("b" * 43, anna)
    Device.forget(anna)
    assert not Device.knows("a" * 43, anna) and Device.knows("c" * 43, boris)
