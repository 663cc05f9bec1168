"""Threads have their turns to write in the order in which they came."""

import threading
from functools import partial

import pytest

from cabinet.models.joint_commit import Turns
from tests.waiting import PATIENCE, until


@pytest.mark.parametrize("came", [True, False])
def test_an_interrupt_takes_nobody_elses_turn(monkeypatch: pytest.MonkeyPatch, came: bool) -> None:
    turns = Turns()

    class Place:
        def acquire(self, timeout: float | None = None) -> bool:
            if timeout is not None:
                if came:
                    turns.release()
                raise KeyboardInterrupt
            return True

        def release(self) -> None:
            pass

    assert turns.acquire()
    monkeypatch.setattr(threading, "Lock", Place)
    with pytest.raises(KeyboardInterrupt):
        turns.acquire()
    assert not turns.waiting and turns.taken is not came, "it is over, or still who has it"


def in_line(turns: Turns, number: int) -> bool:
    """Whether so many wait."""
    return len(turns.waiting) == number


def test_turns_come_in_order_and_to_nobody_who_gave_up() -> None:
    turns, order = Turns(), []
    assert turns.acquire()
    assert not turns.acquire(timeout=0.01)
    assert not turns.pass_on()

    def take(name: str) -> None:
        assert turns.acquire(timeout=PATIENCE)
        order.append(name)
        turns.release()

    threads = [threading.Thread(target=take, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
        until(partial(in_line, turns, threads.index(thread) + 1))
    turns.release()
    for thread in threads:
        thread.join(PATIENCE)
    assert order == list("abc")
    assert turns.acquire(timeout=0)
