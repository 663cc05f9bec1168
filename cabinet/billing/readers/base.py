"""What a reader of billing files is."""

from collections.abc import Iterator
from typing import Protocol

from cabinet.billing.batches import Batch
from cabinet.billing.layout import Layout
from cabinet.billing.tally import Tally


class Reader(Protocol):
    """Reads one file of one format; nothing behind it knows the format.

    A reader is made with a Source. It finds its `layout` then, which raises UnreadableFileError, or
    NeedsAnswerError where only staff know what is lacking.

    Iterating gives batches, once: raw cells go through a rows.Judge of that layout, which does all judging
    and rejecting. The reader adds each line, row or record it reads to `tally.lines`, and counts those it
    does not give to the judge: `blank`, `other`, `continued`, or `judge.refuse` for those that are lost.
    """

    layout: Layout
    tally: Tally

    def __iter__(self) -> Iterator[Batch]: ...
