"""What tests make the service log: no line of any test may hold what `tests.cast` says of its people."""

import logging
import re
from collections.abc import Iterator

import pytest

from cabinet.telemetry import logs
from tests.cast import (
    ADDRESSES,
    NEW_PASSWORD,
    NEW_PHONE,
    OTHER_PHONE,
    PASSWORD,
    PERSON,
    PHONE,
)

PHONES = [phone[2:] for phone in (PHONE, OTHER_PHONE, NEW_PHONE)]
STREETS = ["Лесная", "Садовая", "Дачная"]
VALUES = [*PHONES, *STREETS, *ADDRESSES, PASSWORD, NEW_PASSWORD, *PERSON.values()]
PERSONAL = re.compile("|".join(re.escape(value) for value in VALUES if value))


class Watched(logs.Output):
    """Standard error whose lines are kept."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def info(self, line: str) -> None:
        """Write it, and keep it."""
        self.lines.append(line)
        super().info(line)

    warning = error = info


class Kept(logging.Handler):
    """The lines of libraries and of the domain."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines
        self.setFormatter(logs.formatter(logs.as_json))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it as it would be written; but not what servers of the tests' own write of their requests."""
        if record.name != "werkzeug":
            self.lines.append(self.format(record))


@pytest.fixture(autouse=True)
def log_lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """All lines of this test so far."""
    watched = Watched()
    monkeypatch.setattr(logs, "output", watched)
    handler = Kept(watched.lines)
    logging.getLogger().addHandler(handler)
    yield watched.lines
    logging.getLogger().removeHandler(handler)
    assert not [line for line in watched.lines if PERSONAL.search(line)]
