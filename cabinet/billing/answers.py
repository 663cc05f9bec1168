"""What staff said about a file beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Answers:
    """Answers to the questions and warnings of a file.

    `period` is the month of a file that names none, and the only month taken from one that does. `columns`
    maps the titles of a layout, or the numbers of its columns from 1 where it has no titles, to our fields;
    "" is a column not to be taken. `accept` are codes of warnings.
    """

    period: date | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    accept: frozenset[str] = frozenset()
