"""Limits: each kind that is counted has its own in one table."""

import ast
import re
from pathlib import Path

import pytest
from peewee import Database

from cabinet.models import Attempt
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.models.limits import give_back_all, left_and_wait_of, limits_of, take, take_all
from config import Settings
from tests.models.clock import DAY, HOUR, MINUTE, after

ROOT = Path(__file__).resolve().parents[2] / "cabinet"


def test_every_kind_that_is_taken_is_in_the_table(database: Database, settings: Settings) -> None:
    named: set[str] = set()
    sources = (path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
    for source in filter(re.compile(r"\b(take|limits_of)\(").search, sources):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("take", "limits_of"):
                named |= {str(arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    assert {"receipt", "login-ip"} <= named
    named |= {f"{way}-{what}" for way in ("sms", "call") for what in ("phone", "ip", "all")}
    for kind in named:
        assert all(most > 0 and seconds > 0 for most, seconds in limits_of(kind))


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("kind", "at_once", "window", "in_a_day"),
    [
        ("sms-phone", 5, DAY, 5),
        ("sms-ip", 10, HOUR, 30),
        ("sms-all", 100, HOUR, 500),
        ("call-phone", 3, DAY, 3),
        ("call-all", 100, DAY, 100),
        ("wrong-code", 25, DAY, 25),
        ("lookup-phone", 5, HOUR, 10),
        ("lookup-account", 10, DAY, 10),
        ("request-phone", 5, DAY, 5),
        ("request-look-number", 20, DAY, 20),
        ("email-link", 3, HOUR, 10),
    ],
)
def test_so_many_are_taken_at_once_and_in_a_day(
    database: Database, kind: str, at_once: int, window: int, in_a_day: int
) -> None:
    assert _taken(kind, 0) == (at_once, window)
    rest = sum(_taken(kind, hour * HOUR)[0] for hour in range(1, 24))
    assert at_once + rest == in_a_day
    assert _taken(kind, DAY)[0] > 0


@pytest.mark.parametrize(
    ("kind", "most", "window"),
    [
        ("lookup-ip", 20, HOUR),
        ("request-ip", 10, HOUR),
        ("receipt", 30, HOUR),
        ("request-look-phone", 10, HOUR),
        ("request-look-ip", 20, HOUR),
    ],
)
def test_so_many_are_taken_in_every_hour(database: Database, kind: str, most: int, window: int) -> None:
    assert _taken(kind, 0) == _taken(kind, window) == (most, window)


def test_wrong_passwords_of_a_network_are_counted_by_the_minute_and_by_the_hour(database: Database) -> None:
    taken = [_taken("login-ip", minute * MINUTE)[0] for minute in range(60)]
    assert taken[:10] == [10] * 10 and sum(taken) == 100


def _taken(kind: str, seconds: int) -> tuple[int, int]:
    """How many are taken then, and the seconds to wait for the next."""
    with after(seconds):
        for number in range(1000):
            try:
                take(kind, "one")
            except TooManyError as error:
                return number, error.wait
    raise AssertionError("there is no limit")


@pytest.mark.settings(lookup_per_user_hour=2, lookup_per_account_day=1)
def test_of_several_kinds_all_are_counted_or_none(database: Database, settings: Settings) -> None:
    take_all((("lookup-phone", "+79161234567"), ("lookup-account", "77")))
    with pytest.raises(TooManyError) as refused:
        take_all((("lookup-phone", "+79161234567"), ("lookup-account", "77")))
    assert refused.value.wait > 3600, "the day of the account"
    assert Attempt.select().count() == 2
    give_back_all((("lookup-phone", "+79161234567"), ("lookup-account", "77")))
    assert not Attempt.select().exists()


def test_what_is_left_is_what_the_narrowest_limit_leaves(database: Database, settings: Settings) -> None:
    with after(), db.atomic():
        Attempt.add(*[("lookup-phone", "x")] * (settings.lookup_per_user_day - 1))
    with after(HOUR + 1):
        assert left_and_wait_of("lookup-phone", "x") == (1, 0)
        assert left_and_wait_of("lookup-phone", "y") == (settings.lookup_per_user_hour, 0)


@pytest.mark.settings(sms_per_phone_day=1)
def test_extra_attempts_are_allowed_beyond_the_limit(database: Database, settings: Settings) -> None:
    take("sms-phone", "+79161234567")
    with pytest.raises(TooManyError):
        take("sms-phone", "+79161234567")
    take("sms-phone", "+79161234567", extra=1)
    with pytest.raises(TooManyError):
        take("sms-phone", "+79161234567", extra=1)


def test_a_kind_without_limits_cannot_be_taken(database: Database, settings: Settings) -> None:
    with pytest.raises(KeyError):
        take("no-such-kind", "")
