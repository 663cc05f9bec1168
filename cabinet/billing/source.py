"""A billing file on its way in, whatever its format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cabinet.billing.answers import Answers
from cabinet.billing.batches import Reject


def nobody(_what: object) -> None:
    """A listener that ignores everything."""


@dataclass(frozen=True)
class Source:
    """A file to be read, what is known of it beforehand, and whom to tell what comes of it meanwhile.

    `name` is the one it had where it came from, `answers` are what staff said beforehand. `progress` gets
    bytes read so far, `reject` the rows that cannot be taken. `accounts` are numbers of accounts by the keys
    of their ЖКУ, out of other files of the same import. `sheet` is the sheet of a workbook to be read, "" for
    the one with the best titles. `archived` files come out of a ZIP.
    """

    path: Path
    name: str = ""
    answers: Answers = field(default_factory=Answers)
    progress: Callable[[int], None] = nobody
    reject: Callable[[Reject], None] = nobody
    accounts: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    archived: bool = False
