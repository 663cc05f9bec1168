"""What an import did, or would do."""

from dataclasses import dataclass, field
from datetime import date

from cabinet.billing.batches import Reject
from cabinet.billing.errors import BillingWarning
from cabinet.billing.layout import Layout
from cabinet.billing.tally import Tally


@dataclass
class PeriodReport:
    """What one period brought."""

    period: date
    new_accounts: int = 0
    changed_accounts: int = 0
    new_charges: int = 0
    changed_charges: int = 0
    unchanged_charges: int = 0


@dataclass
class MonthCheck:
    """What a clerk needs to judge a month. Sums are kopecks: what is to be paid, else what was charged.

    `before` is the month before of those that billing or the file has; `new` and `missing` count accounts
    against it, None where both months stand in the file. `compared_sums` are accounts whose charges of this
    very month are known, `compared_addresses` accounts known at all. `samples` are the first rows as they
    will be stored: personal data, for the eyes of the clerk and no log.
    """

    period: date
    accounts: int
    total: int
    samples: list[dict[str, str | int | None]] = field(default_factory=list)
    before: date | None = None
    before_accounts: int = 0
    before_total: int = 0
    new: int | None = None
    missing: int | None = None
    after: int = 0  # accounts that the month will have when the file is in
    compared_sums: int = 0
    changed_sums: int = 0
    compared_addresses: int = 0
    changed_addresses: int = 0
    zero: bool = False  # whether every sum is
    negative: int = 0  # accounts whose sum has a minus
    same_sums: int = 0  # accounts with the sums of the month before, of a file that names no month
    before_varied: bool = False  # whether the sums of the month before differ from one another
    whole: bool = False  # whether sums that are large have no kopecks at all
    different_sums: int = 0
    different_addresses: int = 0  # among the first rows
    placeless: bool = False  # whether all of these name neither a street nor a locality


@dataclass
class Report:
    """What an import did, or would do. `periods` are in the order in which they are merged, newest first.

    `layout` is what was understood of the file, `tally` what became of its lines, `summed` how many of the
    accepted ones were added to another row of their account.
    """

    dry_run: bool
    layout: Layout
    tally: Tally
    summed: int = 0
    rejects: list[Reject] = field(default_factory=list)  # the first ones, by line; all are counted
    reasons: dict[str, int] = field(default_factory=dict)  # how many rows were rejected for each
    periods: list[PeriodReport] = field(default_factory=list)
    months: list[MonthCheck] = field(default_factory=list)  # newest first
    listed: list[dict[str, str | int | None]] = field(default_factory=list)  # samples of lists of accounts
    warnings: list[BillingWarning] = field(default_factory=list)
    unanswered: list[BillingWarning] = field(default_factory=list)  # those that nobody has accepted
    matched_requests: int = 0  # connection requests whose account is there now
    batch: int | None = None  # the `ImportBatch`
    refused: str = ""  # why nothing was imported

    def add(self, periods: list[PeriodReport]) -> None:
        """What a part of the file brought, months that another part brought, too, among it."""
        known = {period.period: period for period in self.periods}
        for period in periods:
            same = known.get(period.period)
            if same is None:
                self.periods.append(period)
                continue
            for name, count in vars(period).items():
                if name != "period":
                    setattr(same, name, getattr(same, name) + count)

    @property
    def accepted(self) -> int:
        """Rows that are stored, or would be."""
        return self.tally.accepted

    @property
    def rejected(self) -> int:
        """Rows that cannot be taken."""
        return self.tally.rejected

    @property
    def repeated(self) -> int:
        """Rows equal to one that is accepted."""
        return self.tally.repeated

    @property
    def nothing(self) -> bool:
        """Whether nothing was imported."""
        return bool(self.refused) or not self.accepted
