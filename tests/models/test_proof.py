"""Proofs of work: asked where a network has used up its codes, good once, for one phone and one network."""

import base64
import hashlib
import json
from typing import Any

import pytest
from peewee import Database

from cabinet.models import proof
from cabinet.models.attempt import TooManyError
from cabinet.models.code_limits import NetworkFullError
from cabinet.models.database import db
from cabinet.models.proof import EASIEST, LIFE, LONGEST, challenge, spend
from tests.cast import OTHER_PHONE, PHONE
from tests.models.clock import HOUR, after
from tests.models.codes import IP, OTHER_IP, send

FEW = pytest.mark.settings(sms_per_ip_hour=1, sms_global_hour=1000)


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Challenges that a test solves at once."""
    monkeypatch.setattr(proof, "EASIEST", 50)


def solved(asked: dict[str, Any], **changes: Any) -> str:
    """The answer to a challenge, as a browser sends it."""
    number = next(
        n
        for n in range(asked["maxnumber"] + 1)
        if hashlib.sha256(f"{asked['salt']}{n}".encode()).hexdigest() == asked["challenge"]
    )
    said = {name: asked[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**said, "number": number, **changes}).encode()).decode()


def test_a_solution_is_good_once(database: Database) -> None:
    answer = solved(challenge(PHONE, IP))
    assert spend(answer, PHONE, IP) and not spend(answer, PHONE, IP)


def test_it_is_good_for_one_phone_and_one_network(database: Database) -> None:
    answer = solved(challenge(PHONE, IP))
    assert not spend(answer, OTHER_PHONE, IP) and not spend(answer, PHONE, OTHER_IP)
    assert spend(answer, PHONE, IP), "a wrong use does not spend it"


def test_it_expires(database: Database) -> None:
    with after():
        first, second = solved(challenge(PHONE, IP)), solved(challenge(PHONE, IP))
    with after(LIFE):
        assert spend(first, PHONE, IP)
    with after(LIFE + 1):
        assert not spend(second, PHONE, IP)


def test_nothing_else_is_a_solution(database: Database) -> None:
    asked = challenge(PHONE, IP)
    right = json.loads(base64.b64decode(solved(asked)))["number"]
    forged = [
        solved(asked, number=right + 1),
        solved(asked, number=str(right)),
        solved(asked, salt="x?expires=99999999999"),
        solved(asked, signature="0" * 64),
        solved(asked, challenge=hashlib.sha256(b"x0").hexdigest(), salt="x"),
    ]
    junk = ["", "x", "e30=", "bnVsbA==", "WzFd", "я", "=" * 2000, base64.b64encode(b"\xff").decode()]
    assert not any(spend(answer, PHONE, IP) for answer in (*forged, *junk))


def test_so_long_an_answer_is_read_and_none_that_is_longer(database: Database) -> None:
    asked = challenge(PHONE, IP)
    room = LONGEST // 4 * 3 - len(base64.b64decode(solved(asked, more="")))
    longest, longer = (solved(asked, more="x" * size) for size in (room, room + 1))
    assert len(longest) == LONGEST < len(longer)
    assert not spend(longer, PHONE, IP) and spend(longest, PHONE, IP)


@FEW
def test_a_full_network_asks_for_work_and_no_other_limit_does(database: Database) -> None:
    send(PHONE)
    with pytest.raises(NetworkFullError):
        send(OTHER_PHONE)
    assert send(OTHER_PHONE, proved=True)
    with pytest.raises(TooManyError) as error:
        send(OTHER_PHONE, proved=True)
    assert not isinstance(error.value, NetworkFullError), "that is the wait between codes"


@FEW
def test_proofs_have_a_limit_of_their_own_and_grow_harder(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hardness = []
    with after():
        for number in range(10):
            hardness.append(challenge(PHONE, IP)["maxnumber"])
            send(f"+7916{number:07d}", proved=True)
        assert hardness == sorted(hardness) and hardness[-1] > 100 * hardness[0]
        assert all((one // hardness[0]).bit_count() == 1 for one in hardness), "twice as hard, each time"
        assert challenge(PHONE, IP)["maxnumber"] == 2 * hardness[-1]
        assert challenge(PHONE, OTHER_IP)["maxnumber"] == hardness[0], "another network begins anew"
        with pytest.raises(TooManyError) as error:
            send("+79167654321", proved=True)
        assert not isinstance(error.value, NetworkFullError)
    with after(HOUR):
        assert challenge(PHONE, IP)["maxnumber"] == hardness[0]


@FEW
def test_a_solution_stays_good_when_no_code_is_sent(database: Database) -> None:
    answer = solved(challenge(PHONE, IP))
    with pytest.raises(ZeroDivisionError), db.atomic():
        assert spend(answer, PHONE, IP)
        raise ZeroDivisionError
    assert spend(answer, PHONE, IP)


def test_the_easiest_is_a_second_on_a_phone() -> None:
    assert EASIEST <= 50_000


def test_the_number_is_none_that_a_browser_does_not_try(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda most: most - 1)
    assert spend(solved(challenge(PHONE, IP)), PHONE, IP)
