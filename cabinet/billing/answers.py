"""What staff said about a file beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Answers:
    """Answers to the questions and warnings of a file.

    `period` is the month of a file that names none, and the only month taken from one that does. `layouts`
    say what columns mean that nobody knows: by the key of their layout (`mapping.Preview.key`), then by their
    `titles.labels`, our fields; "" is a column not to be taken. `columns` is the one of them that is of the
    file being read. `accept` are codes of warnings. `chosen` are the values of alternatives, by their codes.
    """

    period: date | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    accept: frozenset[str] = frozenset()
    layouts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
