"""Updates of MAX, each part of them drawn by a seed: whatever comes, it is answered with 200."""

import copy
import random
from typing import Any

import pytest
from flask import Flask

from cabinet.models import MaxContact, MaxLink, MaxStart, OneTimeCode
from tests.bad_input.test_fuzz import NASTY
from tests.cast import OTHER_PHONE, resident
from tests.max.server import SET_UP, bot_started, bot_stopped, contact_sent, tell

pytestmark = pytest.mark.settings(gateway_settings=SET_UP, code_channels=("sms", "max"))
NESTED: Any = []
for _level in range(500):
    NESTED = [NESTED]
NUMBERS = (None, True, -1, 0, 2**63 - 1, 2**63, 10**40, 1.5)
ODD: tuple[Any, ...] = (*NUMBERS, [], {}, NESTED, "\ud800", "\0" * 22, *NASTY)


def parts(update: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all parts of an update."""
    names = update if isinstance(update, dict) else range(len(update)) if isinstance(update, list) else ()
    return [one for name in names for one in ((*way, name), *parts(update[name], (*way, name)))]


def changed(update: Any, way: tuple[Any, ...], value: Any, at: int | None) -> Any:
    """The update with another value in one place, or with it put into the text that is there."""
    whole = part = copy.deepcopy(update)
    for name in way[:-1]:
        part = part[name]
    old = str(part[way[-1]])
    part[way[-1]] = value if at is None else f"{old[:at]}{value}{old[at:]}"
    return whole


@pytest.mark.parametrize("seed", range(3))
def test_whatever_comes_is_answered_and_does_nothing(app: Flask, seed: int) -> None:
    draw = random.Random(seed)
    start = MaxStart.begin(resident())
    contact = MaxContact.begin(OneTimeCode.send("registration", OTHER_PHONE, "203.0.113.7", "ru"), "ru")
    payloads = (start.payload, contact.url.partition("start=")[2])
    updates = [*map(bot_started, payloads), bot_stopped(), contact_sent("79031112233")]
    for _time in range(150):
        update = draw.choice(updates)
        at = draw.choice((None, draw.randrange(30)))
        update = changed(update, draw.choice(parts(update)), draw.choice(ODD), at)
        assert tell(app, update).status_code == 200, (seed, update)
    assert MaxLink.select().count() <= 1
