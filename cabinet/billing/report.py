"""What an import did, or would do."""

from dataclasses import dataclass, field
from datetime import date

from cabinet.billing.batches import Reject


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
class Report:
    """What an import did, or would do. `periods` are in the order in which they are merged, newest first."""

    dry_run: bool
    accepted: int = 0
    rejected: int = 0
    repeated: int = 0  # accepted rows replaced by later ones of the same account and period
    rejects: list[Reject] = field(default_factory=list)
    periods: list[PeriodReport] = field(default_factory=list)
    matched_requests: int = 0  # connection requests whose account is there now
    batch: int | None = None  # the `ImportBatch`
    refused: str = ""  # why nothing was imported

    @property
    def nothing(self) -> bool:
        """Whether nothing was imported."""
        return bool(self.refused) or not self.accepted
