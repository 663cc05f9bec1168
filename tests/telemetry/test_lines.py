"""How lines are written, and what processes count together."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from cabinet.telemetry import logs
from cabinet.web.figures import shared
from cabinet.web.observation import masked
from tests.cast import PHONE


def test_text_is_one_line_whatever_is_in_it() -> None:
    line = {"time": "T", "level": "info", "event": "x", "a": "one\ntwo\u2028three", "b": 2}
    assert logs.as_text(None, "", line) == "T INFO x a=one two three b=2"


@pytest.mark.parametrize("value", ['"', "\\", "\n\0", "\u2028", 1, 1.5, None, ["ё"]])
def test_json_says_what_was_meant(value: object) -> None:
    line = {"time": "T", "level": "info", "x": value}
    assert json.loads(logs.as_json(None, "", dict(line))) == line


def test_of_an_exception_a_library_logs_only_kind_and_place_are_kept(log_lines: list[str]) -> None:
    def fail() -> None:
        raise ValueError(PHONE)

    try:
        fail()
    except ValueError:
        logging.getLogger("library").exception("it failed")
    line = json.loads(log_lines[-1])
    assert (line["exception"], line["event"]) == ("ValueError", "it failed")
    assert line["at"].startswith(__file__)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", "none"),
        ("unix", "none"),
    ],
)
def test_addresses_are_masked(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_each_process_counts_what_others_told(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, counted_elsewhere: Callable[[], int]
) -> None:
    monkeypatch.setenv("CABINET_FIGURES", str(tmp_path))
    other = counted_elsewhere()
    assert (tmp_path / f"{other}.json").exists()
    found = shared.all()
    assert found.requests["GET", "/made-up", 200] == 3
    assert found.durations["/made-up"][-1] == pytest.approx(0.9)
    assert found.refusals["made-up"] == 1
    assert "made-up" not in found.gauges, "the process is gone"
    assert shared.all().requests["GET", "/made-up", 200] == 3
