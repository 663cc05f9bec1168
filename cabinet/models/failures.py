"""How databases fail: what may be over at once and has surely written nothing, and what nobody knows."""

import re
import sqlite3
from typing import Any

import peewee

AWAY = (peewee.OperationalError, peewee.InterfaceError)  # what a database raises that is out of reach

BY_OTHERS = ("40001", "40P01")  # serialization failure, deadlock: the connection is good
ENDED = ("57P01", "57P02", "57P03", "57P05", "53300", "25006")  # … and is not, or leads to a standby
UNDEFINED = ("42P01", "42703")  # table, column
LOST = "08"  # all whose state begins so
DISCONNECTED = ("OperationalError", "InterfaceError")  # of a driver that is not loaded on SQLite

# what a server or a pooler says that has no place for one more; libpq tells no SQLSTATE of it
FULL = re.compile(
    "too many (clients|connections)|connection slots|no more connections"
    "|слишком много (клиентов|подключений)|слоты подключений"
)
REFUSED = re.compile(r"^connection failed: (connection to server .+ failed: .+)")


class UnknownOutcomeError(peewee.OperationalError):
    """The answer to a commit was lost: all of it was written, or nothing."""


class OldSchemaError(peewee.OperationalError):
    """A table or column is not there: `db upgrade` was not run for this code. SQLite says so by itself."""


def passing(error: BaseException | None) -> bool:
    """Whether the database failed in a way that may be over at once, and surely wrote nothing."""
    return _state(error) is not None and not isinstance(error, UnknownOutcomeError)


def of_connection(error: BaseException | None) -> bool:
    """Whether another connection is needed after an error that is `passing`."""
    return _state(error) not in BY_OTHERS


def is_full(error: BaseException) -> bool:
    """Whether no connection could be opened because there are as many as there may be."""
    return bool(FULL.search(str(error)))


def reason(error: BaseException) -> str:
    """Why a database is out of reach: its words, or its kind where they may hold part of a password."""
    cause = getattr(error, "orig", None) or error
    line = str(cause).strip().partition("\n")[0]
    if said := REFUSED.search(line):
        return said[1]
    return line if isinstance(cause, sqlite3.OperationalError) else type(cause).__name__


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of what PostgreSQL answered; "" if there was no answer."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def _state(error: BaseException | None) -> str | None:
    """The SQLSTATE of an error of PostgreSQL that may be over at once; "" if the connection had none."""
    cause: Any = getattr(error, "orig", None)
    if not hasattr(cause, "sqlstate") or hasattr(cause, "out_of_time"):  # SQLite's have none
        return None
    if cause.sqlstate is None:
        return "" if any(kind.__name__ in DISCONNECTED for kind in type(cause).__mro__) else None
    return cause.sqlstate if cause.sqlstate in (*BY_OTHERS, *ENDED) or cause.sqlstate[:2] == LOST else None
