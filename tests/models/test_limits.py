"""Limits: each kind that is counted has its own in one table."""

import ast
from pathlib import Path

import pytest
from peewee import Database

from cabinet.models import Attempt
from cabinet.models.attempt import TooManyError
from cabinet.models.limits import give_back_all, limits_of, take, take_all
from config import Settings

ROOT = Path(__file__).resolve().parents[2] / "cabinet"


def test_every_kind_that_is_taken_is_in_the_table(database: Database, settings: Settings) -> None:
    named = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("take", "limits_of"):
                named |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    assert {"sms-ip", "receipt", "login-ip"} <= named
    for kind in named:
        assert all(most > 0 and seconds > 0 for most, seconds in limits_of(kind))


@pytest.mark.settings(lookup_per_user_hour=2, lookup_per_account_day=1)
def test_of_several_kinds_all_are_counted_or_none(database: Database, settings: Settings) -> None:
    take_all((("lookup-phone", "+79161234567"), ("lookup-account", "77")))
    with pytest.raises(TooManyError) as refused:
        take_all((("lookup-phone", "+79161234567"), ("lookup-account", "77")))
    assert refused.value.wait > 3600, "the day of the account"
    assert Attempt.select().count() == 2
    give_back_all((("lookup-phone", "+79161234567"), ("lookup-account", "77")))
    assert not Attempt.select().exists()


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
