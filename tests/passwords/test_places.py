"""Places in the pool that hashes: taken before anything else is done, one for each thread."""

import threading
import time

import pytest

from cabinet.passwords.hashing import BusyError, Hasher
from tests.waiting import PATIENCE

COST = 4


def in_another_thread(hasher: Hasher) -> str:
    """What becomes of a call there."""
    outcomes: list[str] = []

    def call() -> None:
        try:
            hasher.hash("зонтик8лампа")
            outcomes.append("hashed")
        except BusyError:
            outcomes.append("busy")

    thread = threading.Thread(target=call)
    thread.start()
    thread.join(PATIENCE)
    return outcomes[0]


def test_a_place_is_one_for_all_that_its_thread_hashes() -> None:
    hasher = Hasher("a pepper for tests", COST, workers=1, waiting=1)
    with hasher.place():
        assert hasher.full
        with hasher.place():
            assert hasher.verify("зонтик8лампа", hasher.hash("зонтик8лампа"))
        assert hasher.full, "until the outer block ends"
        assert in_another_thread(hasher) == "busy"
    assert not hasher.full and in_another_thread(hasher) == "hashed"


def test_who_waits_outside_leaves_the_place_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Hasher("a pepper for tests", COST, workers=1, waiting=1)
    outcomes: list[str] = []
    monkeypatch.setattr(time, "sleep", lambda _: outcomes.append(in_another_thread(hasher)))
    with hasher.place():
        hasher.outside(1)
        assert hasher.full and outcomes == ["hashed"]
    assert not hasher.full


def test_who_waited_outside_may_find_the_place_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Hasher("a pepper for tests", COST, workers=1, waiting=1)

    def take_it(_seconds: float) -> None:
        other = threading.Thread(target=hasher._enter)
        other.start()
        other.join(PATIENCE)

    monkeypatch.setattr(time, "sleep", take_it)
    with pytest.raises(BusyError), hasher.place():
        hasher.outside(1)
    assert hasher.full, "the other still has it"


def test_what_others_may_have_meanwhile_is_let_go_before_each_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    hasher = Hasher("a pepper for tests", COST, before=lambda: done.append("let go"))
    monkeypatch.setattr(time, "sleep", lambda _: done.append("slept"))
    with hasher.place():
        hasher.outside(1)
        stored = hasher.hash("зонтик8лампа")
    assert hasher.verify("зонтик8лампа", stored) and done == ["let go", "slept", "let go", "let go"]
