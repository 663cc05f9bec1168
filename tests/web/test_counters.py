"""Counts in memory: windows end, others' are not touched, and what is over is forgotten."""

import threading

import time_machine

from cabinet.web.counters import FEWEST, Counters


def test_a_window_counts_until_it_is_over_and_begins_anew() -> None:
    counters = Counters()
    with time_machine.travel(1_000_000, tick=False) as clock:
        assert [counters.incr("a", 60) for _ in range(3)] == [1, 2, 3]
        assert (counters.incr("b", 60), counters.get("a"), counters.get("c")) == (1, 3, 0)
        assert counters.get_expiry("a") == 1_000_060
        clock.shift(59.9)
        assert counters.incr("a", 60) == 4
        clock.shift(0.1)
        assert (counters.get("a"), counters.incr("a", 60), counters.get_expiry("a")) == (0, 1, 1_000_120)


def test_what_is_over_is_forgotten_and_nothing_else() -> None:
    counters = Counters()
    with time_machine.travel(1_000_000, tick=False) as clock:
        for n in range(FEWEST - 2):
            counters.incr(f"old {n}", 60)
        clock.shift(30)
        counters.incr("new", 60)
        clock.shift(40)
        counters.incr("one more", 60)
        assert set(counters.windows) == {"new", "one more"}
        assert counters.incr("new", 60) == 2


def test_threads_that_count_at_once_lose_nothing() -> None:
    counters = Counters()
    threads = [
        threading.Thread(target=lambda: [counters.incr("a", 600) for _ in range(2000)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters.get("a") == 8000


def test_one_is_cleared_or_all_are() -> None:
    counters = Counters()
    for name in "aab":
        counters.incr(name, 600)
    counters.clear("a")
    assert (counters.get("a"), counters.get("b"), counters.check()) == (0, 1, True)
    assert (counters.reset(), counters.get("b")) == (1, 0)
