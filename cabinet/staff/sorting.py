"""In which order a list is: by one of its columns, one way or the other, as a press on its title asks for."""

from dataclasses import dataclass

from flask import request

OF_BEFORE = {"oldest": "created"}  # what addresses that somebody kept may say


@dataclass(frozen=True)
class Order:
    """`sort` is a column, with a minus before it where its last comes first: of `columns`, or ignored.

    `columns` are those that the list can be put in order by, each as a first press on it does. The list is by
    the first of them where nobody asks for anything else; addresses do not say so.
    """

    sort: str
    columns: tuple[str, ...]

    @classmethod
    def asked(cls, *columns: str) -> "Order":
        """As the address says."""
        sort = request.args.get("sort", "")
        return cls(OF_BEFORE.get(sort, sort), columns)

    @property
    def _now(self) -> str:
        return self.sort if self.offers(_column(self.sort)) else self.columns[0]

    @property
    def column(self) -> str:
        """What the list is in order of."""
        return _column(self._now)

    @property
    def is_ascending(self) -> bool:
        """Whether what is least, or longest ago, comes first."""
        return not self._now.startswith("-")

    @property
    def parameter(self) -> str:
        """The same for an address; "" for the usual order."""
        return "" if self._now == self.columns[0] else self._now

    def offers(self, column: str) -> bool:
        """Whether the list can be put in order by this column."""
        return column in map(_column, self.columns)

    def pressed(self, column: str) -> str:
        """What the address says when the title of that column has been pressed."""
        first = next(one for one in self.columns if _column(one) == column)
        turned = column if self._now.startswith("-") else f"-{column}"
        wanted = turned if column == self.column else first
        return "" if wanted == self.columns[0] else wanted


def _column(sort: str) -> str:
    return sort.removeprefix("-")
