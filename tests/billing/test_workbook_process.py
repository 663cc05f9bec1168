"""A workbook is read by a process that gives way to the pages that people wait for."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from cabinet.billing.readers import workbook


def test_it_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, seen, popen = tmp_path / "a.xlsx", list[int](), subprocess.Popen
    book = xlsxwriter.Workbook(path)
    book.add_worksheet().write_row(0, 0, ["Счёт", "Сумма"])
    book.close()

    def spy(*arguments: Any, **named: Any) -> Any:
        process = popen(*arguments, **named)
        seen.append(process.pid)
        return process

    monkeypatch.setattr(subprocess, "Popen", spy)
    for what, *_rest in workbook._messages(path):
        assert what == "sheet"
        priority = os.getpriority(os.PRIO_PROCESS, seen[0])
        assert priority >= min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    assert seen
