"""A workbook is read by a process that gives way to the pages people wait for; a small one by one alone."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from cabinet.billing.readers import workbook
from cabinet.billing.readers.workbook_process import HEAD


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the processes that were started."""
    seen, popen = list[int](), subprocess.Popen

    def spy(*arguments: Any, **named: Any) -> Any:
        process = popen(*arguments, **named)
        seen.append(process.pid)
        return process

    monkeypatch.setattr(subprocess, "Popen", spy)
    return seen


def written(path: Path, rows: list[list[Any]]) -> Path:
    """A workbook of these rows."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return path


def test_it_gives_way(tmp_path: Path, started: list[int]) -> None:
    path = written(tmp_path / "a.xlsx", [["Счёт", "Сумма"]])
    for what, *_rest in workbook._messages(path):
        assert what == "sheet"
        priority = os.getpriority(os.PRIO_PROCESS, started[0])
        assert priority >= min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    assert started


@pytest.mark.parametrize(("rows", "more"), [(HEAD, 0), (HEAD + 1, 2)])
def test_of_a_small_sheet_the_beginning_is_all(
    tmp_path: Path, started: list[int], rows: int, more: int
) -> None:
    whole = [[f"№ {line}", float(line), line % 2 == 0] for line in range(rows)]
    (sheet,) = workbook.Workbook(written(tmp_path / "a.xlsx", whole)).sheets
    assert [*sheet.rows()] == [*sheet.rows()] == whole
    assert len(started) == 1 + more
