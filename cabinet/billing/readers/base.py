"""The interface of readers of billing files."""

from collections.abc import Iterator
from typing import Protocol

from cabinet.billing.batches import Batch
from cabinet.billing.layout import Layout
from cabinet.billing.tally import Tally


class Reader(Protocol):
    """Reads one file of one format; no later step knows the format.

    A reader is made from a Source. Its constructor works out the `layout`; it raises UnreadableFileError, or
    NeedsAnswerError if only staff know what is missing.

    Iterating yields batches, once: raw cells go through a rows.Judge of that layout, which does all judging
    and rejecting. The reader adds each line, row or record it reads to `tally.lines`, and accounts for those
    it does not pass to the judge: as `blank`, `other` or `continued`, or by `judge.refuse` if they are lost.
    """

    layout: Layout
    tally: Tally

    def __iter__(self) -> Iterator[Batch]: ...
