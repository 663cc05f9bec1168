"""What a reader of billing files is."""

from collections.abc import Iterator
from typing import Protocol

from cabinet.billing.batches import Batch
from cabinet.billing.layout import Layout


class Reader(Protocol):
    """Reads one file of one format; nothing behind it knows the format.

    `layout` is known before the first row is read. Iterating gives batches; what cannot be taken is told as
    `Reject`s on the way. Only the file as a whole raises: UnreadableFileError, OSError.
    """

    layout: Layout

    def __iter__(self) -> Iterator[Batch]: ...
