"""What was understood of a file before its rows are read."""

from dataclasses import dataclass
from functools import cached_property

from cabinet.billing.errors import UnreadableFileError

REQUIRED = ("account", "period", "address")


@dataclass(frozen=True)
class Layout:
    """The shape of a file: its format as a clerk knows it, its encoding, and what each of its columns holds.

    `columns` names each column of the file in our words, None for those not needed.
    """

    format: str
    encoding: str
    columns: tuple[str | None, ...]

    def place(self, name: str) -> int | None:
        """Where a column stands in the file; None if it lacks it."""
        return self.columns.index(name) if name in self.columns else None

    def has(self, name: str) -> bool:
        """Whether the file has the column."""
        return name in self.columns

    @cached_property
    def needed(self) -> int:
        """How many columns a row has at least: up to the last one that is needed."""
        return max(place for place, name in enumerate(self.columns) if name) + 1

    @cached_property
    def unneeded(self) -> list[int]:
        """The places of the columns that are not needed."""
        return [place for place, name in enumerate(self.columns) if name is None]

    def require(self) -> None:
        """Raises UnreadableFileError if there is no column without which no row can be taken."""
        missing = [name for name in REQUIRED if not self.has(name)]
        if missing:
            raise UnreadableFileError(f"В заголовке нет колонок: {', '.join(missing)}")
        if not self.has("amount_due") and not self.has("amount_charged"):
            raise UnreadableFileError("В заголовке нет колонки amount_due или amount_charged")
