"""What is said of a database that is out of reach, and which failures may be over at once."""

import sqlite3

import peewee
import pytest
from psycopg.errors import DiskFull

from cabinet.models.failures import UnknownOutcomeError, passing, reason, sqlstate


class OperationalError(Exception):
    """As a driver of PostgreSQL raises it: of no SQLSTATE where there was no connection."""

    def __init__(self, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


class ProgrammingError(Exception):
    """A driver's as well, of no connection."""

    sqlstate = None


def wrapped(error: Exception) -> peewee.OperationalError:
    """What Peewee makes of it."""
    made = peewee.OperationalError(*error.args)
    vars(made)["orig"] = error
    return made


@pytest.mark.parametrize(
    ("error", "may_be_over"),
    [
        (OperationalError("refused"), True),
        (ProgrammingError("two queries at once"), False),
        (OperationalError("deadlock", "40P01"), True),
        (OperationalError("disk full", "53100"), False),
        (OperationalError("lost", "08006"), True),
        (sqlite3.OperationalError("database is locked"), False),
    ],
)
def test_what_may_be_over_at_once(error: Exception, may_be_over: bool) -> None:
    assert passing(wrapped(error)) is may_be_over


def test_what_may_be_written_or_runs_out_of_time_is_not_begun_again() -> None:
    unknown, late = UnknownOutcomeError("lost"), OperationalError("no answer in time")
    vars(unknown)["orig"], vars(late)["out_of_time"] = OperationalError("lost"), True
    assert not passing(unknown) and not passing(wrapped(late)) and not passing(None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite3.OperationalError("database is locked"), "database is locked"),
        (sqlite3.OperationalError("unable to open database file\n at x"), "unable to open database file"),
        (
            OperationalError("connection failed: connection to server at x failed: refused\n\tIs it up?"),
            "connection to server at x failed: refused",
        ),
        (OperationalError('invalid connection option "se" in "cret@host"'), "OperationalError"),
        (DiskFull('could not extend file "base/1/2": No space left on device'), "DiskFull"),
    ],
)
def test_the_reason_is_one_line_and_never_part_of_a_password(error: Exception, said: str) -> None:
    assert reason(wrapped(error)) == said


def test_the_state_is_what_postgresql_said_and_nothing_where_it_said_nothing() -> None:
    assert sqlstate(wrapped(OperationalError("deadlock", "40P01"))) == "40P01"
    for silent in (OperationalError("refused"), sqlite3.OperationalError("database is locked")):
        assert sqlstate(wrapped(silent)) == ""
    assert sqlstate(ValueError("not of a database")) == ""
