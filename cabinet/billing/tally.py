"""Counts what became of each line of a file."""

from dataclasses import dataclass, field, fields


@dataclass
class Tally:
    """Every line of a file is counted once in `lines` when it is read, and once by what became of it.

    A line is a row of the table: a line of text, a row of a sheet, a record. `accepted` rows are stored, or
    summed with others of their account; `repeated` are equal to a row that is accepted; `blank` hold
    nothing; `other` are no rows of accounts: titles, totals, end marks; `continued` are the further lines of
    a row whose cell holds line breaks.

    `promised` is the sum that the file itself gives for its rows, `found` what they add up to, in kopecks;
    both are 0 if it gives none. `carried` rows took their house from the row above, `merged` ones their
    account. `included` ones are of a service that is a part of another, `unsure` are
    sums that may be thousands: `1,050`. `closed` ones stand below a heading such as «Закрытые лицевые счета».
    `totals` are what rows of totals of
    the whole file say, in kopecks.
    """

    lines: int = 0
    accepted: int = 0
    rejected: int = 0
    repeated: int = 0
    blank: int = 0
    other: int = 0
    continued: int = 0
    promised: int = 0
    found: int = 0
    carried: int = 0
    merged: int = 0
    included: int = 0
    unsure: int = 0
    closed: int = 0
    totals: list[int] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count the lines of another file, too."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @property
    def complete(self) -> bool:
        """Whether every line is accounted for."""
        told = self.accepted + self.rejected + self.repeated + self.blank + self.other + self.continued
        return self.lines == told
