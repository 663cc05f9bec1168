"""Tests wait for conditions, in one place."""

import re
from pathlib import Path

import pytest

from config import ROOT
from tests.waiting import until

FILES = sorted({*(ROOT / "tests").rglob("*.py"), *(ROOT / "tools" / "guide").rglob("*.py")})
# where a moment itself is tried: when to kill, how slowly to answer, how long a hash takes
MOMENTS = {
    *("tests/faults/test_kill.py", "tests/faults/test_kill_both.py"),
    *("tests/delivery/test_webhook.py", "tests/models/test_login.py"),
}


def calls(pattern: str) -> set[str]:
    """The files that call it."""
    found = {path for path in FILES if re.search(pattern, path.read_text(encoding="utf-8"))}
    return {path.relative_to(ROOT).as_posix() for path in found - {Path(__file__)}}


def test_nothing_sleeps_but_the_helper_that_waits_for_a_condition() -> None:
    assert calls(r"\bsleep\((?!30\)|self\.(delay|late)\))|wait_for_timeout\(") == {"tests/waiting.py"}


def test_time_passes_by_itself_only_where_the_moment_is_tried() -> None:
    assert calls(r"\blet_pass\(") == {"tests/waiting.py", *MOMENTS}


def test_waiting_returns_what_came() -> None:
    answers = iter(("", "", "came"))
    assert until(lambda: next(answers)) == "came"


def test_waiting_in_vain_says_for_what() -> None:
    with pytest.raises(AssertionError, match="no bus"):
        until(lambda: False, "no bus", patience=0.1)


def test_waiting_in_vain_says_how_things_stand_then() -> None:
    buses = 0

    def come() -> bool:
        nonlocal buses
        buses += 1
        return False

    with pytest.raises(AssertionError, match=r"[1-9] full buses"):
        until(come, lambda: f"{buses} full buses", patience=0.1)


def test_no_property_is_tried_against_the_clock() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        tried = len(re.findall(r"^ *@given\(", text, re.MULTILINE))
        untimed = len(
            re.findall(r"^ *@(?:UNTIMED|examples\(\w+\)|RELAXED)\n|deadline=None", text, re.MULTILINE)
        )
        assert untimed >= tried, path
