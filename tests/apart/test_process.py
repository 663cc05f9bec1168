"""A process apart ends when it does nothing but take CPU, as an interpreter does that is out of memory."""

import signal
import subprocess
import sys

import pytest

from cabinet.apart.process import ENVIRONMENT, Limits, command

MODULE = "tests.apart.silent"
LIMITS = Limits(seconds=60, memory=1 << 30, silent=1)


def ended(*arguments: str) -> int:
    """How a process ended that was started as those of readers are."""
    return subprocess.run(command(MODULE, LIMITS, *arguments), env=ENVIRONMENT).returncode


def test_it_is_killed_when_it_runs_no_python() -> None:
    assert ended() == -signal.SIGVTALRM


@pytest.mark.thorough
def test_it_lives_as_long_as_it_runs_python() -> None:
    assert ended("python") == 0


@pytest.mark.parametrize(
    "module",
    [
        "cabinet.billing.readers.workbook_process",
        "cabinet.billing.staging.sqlite_writer",
        "cabinet.receipts.draw_pdf",
        "cabinet.receipts.draw_photo",
        "cabinet.receipts.draw_sheet",
        "cabinet.receipts.find_codes",
        "cabinet.receipts.limited_process",
    ],
)
def test_what_reads_the_files_of_others_has_neither_database_nor_site(module: str) -> None:
    """Each file that is read has a process of its own, and would wait for them to be imported.

    So it would for `inspect`, which dataclasses import, with half of Python's own modules.
    """
    slow = {"flask", "inspect", "peewee", "psycopg", "redis"}
    told = (
        f"import sys; before = {{*sys.modules}}; import {module}; print(*{slow} & {{*sys.modules}} - before)"
    )
    assert subprocess.check_output([sys.executable, "-c", told], text=True).split() == []
