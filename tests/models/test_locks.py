"""Locks of names: one row each, which every engine keeps others away from."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import peewee
import pytest

from cabinet.models.database import connected, db
from cabinet.models.locks import OWN, SHARED, lock_names, row_of
from tests.databases import DATABASES
from tests.models.locked import another_process
from tests.waiting import PATIENCE, until

POSTGRES = pytest.mark.parametrize("database_url", DATABASES[1:], indirect=True)


def locking(*names: str) -> Callable[[], None]:
    """Has these for a moment."""

    def work() -> None:
        with connected(), db.atomic():
            lock_names(*names)

    return work


def test_a_name_has_the_same_row_in_every_version() -> None:
    rows = {"sms-all:": 2628, "session:1": 15429, "billing": SHARED, "matching": SHARED + 1}
    assert {name: row_of(name) for name in rows} == rows
    assert {row_of(f"login:{n}") // 1024 for n in range(1000)} == set(range(SHARED // 1024)), "all over them"


def test_outside_of_a_transaction_it_would_lock_nothing(database: peewee.Database) -> None:
    with pytest.raises(peewee.ProgrammingError):
        lock_names("sms-all:")


@POSTGRES
def test_whoever_wants_one_of_the_names_waits_and_nobody_else(
    database: peewee.Database, database_url: str
) -> None:
    with another_process(database_url) as another, ThreadPoolExecutor() as threads:
        with another.holding(row_of("login:1")):
            locking("login:2", "login-ip:1")()
            waits = threads.submit(locking("login:2", "login:1"))
            until(lambda: another.waiting() == 1)
            assert not waits.done()
        waits.result(PATIENCE)


@POSTGRES
def test_those_who_want_the_same_in_another_order_do_not_meet_head_on(
    database: peewee.Database, database_url: str
) -> None:
    names = [f"login:{n}" for n in range(5)]
    first, *rest = sorted(row_of(name) for name in names)
    running: list[Future[None]] = []
    with another_process(database_url) as another, ThreadPoolExecutor() as threads:
        with another.holding(first):
            for some in (names, names[::-1]):
                running.append(threads.submit(locking(*some)))
                until(lambda: another.waiting() == len(running))
            with another_process(database_url) as third, third.holding(*rest):
                pass  # nobody has a later one
        for one in running:
            one.result(PATIENCE)


@POSTGRES
def test_rows_that_somebody_took_away_are_put_back(database: peewee.Database, database_url: str) -> None:
    with db.atomic():
        db.execute_sql("TRUNCATE lock_row")
    with another_process(database_url) as another, ThreadPoolExecutor() as threads:
        with db.atomic():
            lock_names("login:1", "login:2")
            waits = threads.submit(locking("login:2", "login:3"))
            until(lambda: another.waiting() == 1)
            assert not waits.done()
        waits.result(PATIENCE)
        with another.holding(*map(row_of, ("login:1", "login:2", "login:3"))):
            pass


def test_names_held_for_long_share_their_row_with_none() -> None:
    assert sorted(map(row_of, OWN)) == list(range(SHARED, SHARED + len(OWN)))
