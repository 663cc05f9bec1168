"""Leaves out the rows of other companies than the one whose charges staff chose."""

from collections.abc import Sequence

Columns = list[list[str]]


class Ours:
    """The rows of one company; those of no company are kept if they are of no account, such as totals.

    `names` are the columns of a file, `company` the chosen one, "" for all.
    """

    def __init__(self, names: Sequence[str | None], company: str) -> None:
        self.company = company
        self.place = names.index("supplier") if company else 0
        self.account = names.index("account") if company else 0

    def among(self, columns: Columns, lines: Sequence[int]) -> tuple[list[int], list[int]]:
        """The places of the rows to be kept, and of those of which nothing says whose they are."""
        names = columns[self.place]
        kept, lost = [], []
        for row in range(len(lines)):
            name = " ".join(names[row].split())
            if not name and any(map(str.isdigit, columns[self.account][row])):
                lost.append(row)
            elif not name or name == self.company:
                kept.append(row)
        return kept, lost

    def alone(self, cells: Sequence[str]) -> bool:
        """Whether a row of totals may be of the kept rows alone: a row of no company is of all companies."""
        return not self.company or " ".join(cells[self.place].split()) == self.company
