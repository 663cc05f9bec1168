"""The doctor, asked as an operator asks."""

from collections.abc import Callable

import peewee
import pytest
from flask import Flask

from cabinet.commands.doctor import doctor
from cabinet.models import Heartbeat
from config import Settings
from tests.databases import disconnect

Examine = Callable[..., str]


@pytest.fixture
def examine(database: peewee.Database, settings: Settings) -> Examine:
    """What the doctor says of an installation whose worker runs; `fails` is the exit code expected."""
    app = Flask("wsgi")
    app.cli.add_command(doctor)
    Heartbeat.beat("worker")
    disconnect()

    def invoke(fails: int = 0) -> str:
        result = app.test_cli_runner().invoke(doctor)
        assert result.exit_code == fails, (result.output, result.exception)
        return result.output

    return invoke


def lines(output: str, level: str) -> list[str]:
    """The findings of a level."""
    return [line for line in output.splitlines() if line.startswith(level)]
