"""What comes at once under one key: one after the other, and for ever nobody waits."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cabinet.models import in_turn as module
from cabinet.models.in_turn import in_turn
from tests.forked import holds_in_a_child
from tests.waiting import PATIENCE


def enter(key: str) -> bool:
    with in_turn(key):
        return True


def test_whoever_waited_long_enough_goes_on_and_lets_nobody_else_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    with ThreadPoolExecutor(1) as other:
        with in_turn("key"):
            assert other.submit(enter, "key").result(PATIENCE)
            assert others_are_kept_out("key")
        assert not others_are_kept_out("key")
        with pytest.raises(ZeroDivisionError), in_turn("key"):
            raise ZeroDivisionError
        assert not others_are_kept_out("key")


def test_a_process_that_is_forked_meanwhile_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_turns", module._Locks())
    with in_turn("key"):
        assert holds_in_a_child(lambda: not others_are_kept_out("key"))


def others_are_kept_out(key: str) -> bool:
    locks = module._turns.locks
    return locks[hash(key) % len(locks)].locked()
