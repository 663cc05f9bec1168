"""Collects the rows of an import that cannot be taken."""

from collections.abc import Callable

from cabinet.billing.batches import Reject
from cabinet.billing.source import nobody

KEPT = 1000  # rejects that a report keeps; all are counted


class Rejects:
    """Counts the rejects by reason, tells each, and keeps the first ones.

    `locate` finds the file of a line that counts across several files, and its line there. `watch` is told
    of each reject, too.
    """

    def __init__(self, tell: Callable[[Reject], None]) -> None:
        self.tell = tell
        self.watch: Callable[[Reject], None] = nobody
        self.locate: Callable[[int], tuple[str, int]] | None = None
        self._kept: list[Reject] = []
        self.reasons: dict[str, int] = {}

    def add(self, reject: Reject) -> None:
        """Take a reject into account."""
        self.watch(reject)
        if self.locate:
            name, line = self.locate(reject.line)
            reject = Reject(line, reject.account, f"{name}: {reject.reason}")
        self.reasons[reject.reason] = self.reasons.get(reject.reason, 0) + 1
        self.tell(reject)
        if len(self._kept) < KEPT:
            self._kept.append(reject)

    @property
    def kept(self) -> list[Reject]:
        """The first ones, by their lines."""
        return sorted(self._kept, key=lambda reject: reject.line)
