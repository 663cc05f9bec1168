"""Imports a file by what staff once said of its columns."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from cabinet.billing.answers import Answers
from cabinet.billing.choices import faults
from cabinet.billing.mapping import Preview, UnknownLayoutError
from cabinet.billing.report import Report
from cabinet.models.column_map import ColumnMap


def import_as_said(
    run: Callable[[Answers], Report], answers: Answers, say: Callable[[Preview], Mapping[str, str] | None]
) -> Report:
    """Import; `say` gets each layout that `answers` do not name, and tells what its columns mean, if known.

    Raises UnknownLayoutError where it does not.
    """
    while True:
        try:
            return run(answers)
        except UnknownLayoutError as error:
            key = error.preview.key
            columns = None if key in answers.layouts else say(error.preview)
            if columns is None:
                raise
            answers = replace(answers, layouts={**answers.layouts, key: columns})


def saved_for(shown: Preview) -> ColumnMap | None:
    """What was saved for a layout; None also where it does not suit the first rows."""
    saved = ColumnMap.find(shown.key)
    if saved is None or faults(shown, [saved.columns.get(label, "") for label in shown.labels]):
        return None
    return saved
