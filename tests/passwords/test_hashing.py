"""How passwords are kept."""

import os
import threading
import unicodedata
from collections.abc import Callable

import bcrypt
import pytest
from hypothesis import example, given

from cabinet.passwords.hashing import BusyError, Hasher
from tests.forked import holds_in_a_child
from tests.properties import ANYTHING, UNTIMED
from tests.waiting import PATIENCE

COST = 4


@pytest.fixture
def hasher() -> Hasher:
    return Hasher("a pepper for tests", COST, workers=1)


def test_the_right_password_verifies_and_others_do_not(hasher: Hasher) -> None:
    stored = hasher.hash("Тр4мвай-Ухта")
    assert hasher.verify("Тр4мвай-Ухта", stored)
    assert not hasher.verify("Тр4мвай-ухта", stored)
    assert not hasher.verify("", stored)
    assert hasher.hash("Тр4мвай-Ухта") != stored


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x" * 72 + "1", "x" * 72 + "2"),
        ("я" * 100 + "1", "я" * 100 + "2"),
        ("abc\0def", "abc\0xyz"),
        ("\0a", "\0b"),
    ],
)
def test_passwords_differing_past_bcrypts_limits_are_different(hasher: Hasher, one: str, other: str) -> None:
    stored = hasher.hash(one)
    assert hasher.verify(one, stored)
    assert not hasher.verify(other, stored)


def test_one_letter_composed_or_not_is_one_password(hasher: Hasher) -> None:
    composed, decomposed = (unicodedata.normalize(form, "зелёный чай 7") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert hasher.verify(decomposed, hasher.hash(composed))
    assert hasher.verify(composed, hasher.hash(decomposed))


def test_another_pepper_does_not_verify(hasher: Hasher) -> None:
    assert not Hasher("another pepper", COST, 1).verify("зонтик8лампа", hasher.hash("зонтик8лампа"))


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The costs at which bcrypt really verified something."""
    costs: list[int] = []
    real = bcrypt.checkpw

    def recording(key: bytes, stored: bytes) -> bool:
        result = real(key, stored)
        costs.append(int(stored.split(b"$")[2]))
        return result

    monkeypatch.setattr(bcrypt, "checkpw", recording)
    return costs


MALFORMED = ["", "plain", "$2b$04$short", "$2b$99$" + "a" * 53, "$1$salt$" + "a" * 22, "é" * 60]


@pytest.mark.parametrize("stored", [None, *MALFORMED])
def test_nobody_costs_as_much_as_somebody(stored: str | None, checked: list[int]) -> None:
    hasher = Hasher("a pepper for tests", 5, 1)
    somebody = hasher.hash("зонтик8лампа")
    assert not hasher.verify("пирог4сыром", somebody)
    assert checked == [5]
    checked.clear()
    assert not hasher.verify("пирог4сыром", stored)
    assert checked == [5]


def test_a_wrong_password_for_an_old_hash_costs_todays_work(hasher: Hasher, checked: list[int]) -> None:
    old = hasher.hash("зонтик8лампа")
    assert not Hasher("a pepper for tests", 6, 1).verify("пирог4сыром", old)
    assert sum(2**cost for cost in checked) == 2**6


def test_a_raised_cost_keeps_old_hashes_and_asks_to_renew_them(hasher: Hasher) -> None:
    old = hasher.hash("зонтик8лампа")
    dearer = Hasher("a pepper for tests", COST + 1, 1)
    assert dearer.verify("зонтик8лампа", old)
    assert dearer.needs_rehash(old)
    renewed = dearer.hash("зонтик8лампа")
    assert not dearer.needs_rehash(renewed)
    assert not hasher.needs_rehash(old)
    assert not hasher.needs_rehash(renewed)  # a lowered cost weakens nobody
    assert all(hasher.needs_rehash(text) for text in MALFORMED)


def test_more_than_may_wait_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Hasher("a pepper for tests", COST, workers=1, waiting=3)
    real, go, running = bcrypt.hashpw, threading.Event(), threading.Semaphore(0)

    def slow(key: bytes, salt: bytes) -> bytes:
        running.release()
        assert go.wait(PATIENCE)
        return real(key, salt)

    monkeypatch.setattr(bcrypt, "hashpw", slow)
    outcomes: list[str] = []
    turned_away = threading.Semaphore(0)

    def call() -> None:
        try:
            hasher.hash("зонтик8лампа")
            outcomes.append("hashed")
        except BusyError:
            outcomes.append("busy")
            turned_away.release()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        assert turned_away.acquire(timeout=PATIENCE)
    assert running.acquire(timeout=PATIENCE)
    assert not running.acquire(blocking=False)  # one worker: the others wait their turn
    go.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(outcomes) == ["busy"] * 5 + ["hashed"] * 3
    assert hasher.verify("зонтик8лампа", hasher.hash("зонтик8лампа"))  # there is room again


def test_a_failure_in_the_pool_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Hasher("a pepper for tests", COST, workers=1, waiting=1)
    with monkeypatch.context() as broken:
        broken.setattr(bcrypt, "hashpw", lambda *_: 1 / 0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                hasher.hash("зонтик8лампа")
    assert hasher.hash("зонтик8лампа")


def on_a_pool_thread(hasher: Hasher, monkeypatch: pytest.MonkeyPatch, look: Callable[[], int]) -> int:
    seen: list[int] = []

    def look_around(*_: bytes) -> bytes:
        seen.append(look())
        return b""

    monkeypatch.setattr(bcrypt, "hashpw", look_around)
    hasher.hash("зонтик8лампа")
    return seen[0]


@pytest.mark.skipif(not hasattr(os, "setpriority"), reason="no priorities here")
def test_hashing_threads_are_polite_and_ours_is_not(hasher: Hasher, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert on_a_pool_thread(hasher, monkeypatch, lambda: os.getpriority(os.PRIO_PROCESS, 0)) == 19
    assert os.getpriority(os.PRIO_PROCESS, 0) == ours


def test_a_refused_priority_does_no_harm(hasher: Hasher, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refuse)
    assert hasher.verify("зонтик8лампа", hasher.hash("зонтик8лампа"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_hashes_with_threads_of_its_own(hasher: Hasher) -> None:
    stored = hasher.hash("зонтик8лампа")  # the parent's pool is running
    with hasher._lock:  # and somebody is inside when the fork happens
        assert holds_in_a_child(lambda: hasher.verify("зонтик8лампа", stored))


@pytest.mark.parametrize(("cost", "workers", "waiting"), [(3, 1, 1), (32, 1, 1), (4, 0, 1), (4, 1, 0)])
def test_impossible_settings_are_refused(cost: int, workers: int, waiting: int) -> None:
    with pytest.raises(ValueError):
        Hasher("a pepper for tests", cost, workers, waiting)


ONE_FOR_ALL = Hasher("a pepper for tests", COST, workers=1)


@UNTIMED
@given(ANYTHING)
@example("\ud800")
def test_any_text_can_be_a_password(text: str) -> None:
    assert ONE_FOR_ALL.verify(text, ONE_FOR_ALL.hash(text))
