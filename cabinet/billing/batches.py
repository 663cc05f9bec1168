"""What every reader yields and all later steps work on: rows, in columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress

TEXTS = ("els", "zhku_id", "address", "last_name", "first_name", "middle_name", "fias_house_guid", "premises")
AMOUNTS = ("amount_due", "amount_charged", "amount_paid")
KOPECKS = tuple(f"{name}_kopecks" for name in AMOUNTS)  # raw columns beside those of roubles, or alone
COLUMNS = (
    "account", "els", "zhku_id", "period", "amount_charged", "amount_due", "amount_paid",
    "last_name", "first_name", "middle_name", "address", "fias_house_guid", "premises",
)  # fmt: skip
WIDTHS = {"printed": 64, "els": 32, "zhku_id": 32, "address": 500, "last_name": 120, "first_name": 120,
          "middle_name": 120, "fias_house_guid": 36, "premises": 64}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its first line in the file, the account if it looks like one, the reason."""

    line: int
    account: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one period, in columns.

    `numbers` are the keys of the accounts, `texts` the columns of TEXTS, `amounts` those of AMOUNTS: kopecks
    in decimal digits, None where empty. `lines` are the rows' places in the file. Where a file has a row for
    each service of an account, `services` names them, and staging sums such rows; else it is empty.
    """

    period: date
    numbers: Sequence[str]
    printed: Sequence[str]
    texts: list[Sequence[str]]
    amounts: list[Sequence[str | None]]
    lines: Sequence[int]
    services: Sequence[str] = ()

    def where(self, mask: Sequence[bool]) -> "Batch":
        """Those of its rows that the mask names."""
        return Batch(
            self.period,
            list(compress(self.numbers, mask)),
            list(compress(self.printed, mask)),
            [list(compress(column, mask)) for column in self.texts],
            [list(compress(column, mask)) for column in self.amounts],
            list(compress(self.lines, mask)),
            list(compress(self.services, mask)) if self.services else (),
        )
