"""The base class of all models, this process's settings, the clock, identifiers.

No Flask here: domain code is called by views, commands and the worker alike.
"""

import secrets
import time
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import peewee

from cabinet.models.clock import clock
from cabinet.models.database import db, is_sqlite, open_database
from cabinet.models.sqlite import QueuedSqliteDatabase
from config import ROOT, Settings

EPOCH = datetime(1970, 1, 1)

_settings: Settings | None = None


def configure(settings: Settings) -> None:
    """Point the models at the database and the settings of this process."""
    global _settings
    if db.obj is not None and not db.is_closed():
        db.close()
    if isinstance(db.obj, QueuedSqliteDatabase):
        db.obj.close_idle()
    _settings = settings
    if settings.testing:
        clock.release()  # tests set the time as they like
    else:
        clock.keep(ROOT / settings.imports_folder)
    db.initialize(open_database(settings.database_url, settings.database_connections))


def settings() -> Settings:
    """The settings of this process. Raises RuntimeError before `configure`."""
    if _settings is None:
        raise RuntimeError("cabinet.models.base.configure() was not called")
    return _settings


def now() -> datetime:
    """The current time in naive UTC, like every time in the database; even where the host's clock is set."""
    return EPOCH + timedelta(0, clock.read())  # a third of what a moment with a zone costs


def stored(moment: datetime) -> Any:
    """A moment as the driver takes it, for several places of a statement: sqlite3 writes it out for each."""
    return moment.isoformat(" ") if is_sqlite() else moment


def unix_time() -> float:
    """The current Unix time in seconds, as `now`. What others compare with theirs is `time.time()`."""
    return clock.read()


def file_time() -> float:
    """Now, for the age of a file: files have the host's time, which may be set; the earlier spares them."""
    return min(time.time(), clock.read())


def new_id() -> str:
    """A fresh unguessable identifier of 128 bits, safe in addresses and, with no dash first, in commands."""
    while (made := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return made


class Model(peewee.Model):
    """Base of all tables; names are the class names in snake case."""

    def __init__(self, *args: Any, **values: Any) -> None:
        """A new row, all of one moment. Peewee makes all defaults, and sets values one by one."""
        plain, rows = _plain_fields(type(self))
        if not plain.issuperset(values) or any(isinstance(values.get(name), peewee.Model) for name in rows):
            super().__init__(*args, **values)
            return
        meta: Any = type(self)._meta
        moment = None
        data: dict[str, Any] = meta._default_by_name | values
        for name, default in meta._default_callable_list:
            if name in values:
                continue
            if default is now:
                data[name] = moment = moment or now()
            else:
                data[name] = default()
        vars(self).update(__data__=data, _dirty=set(data), __rel__={})

    class Meta:
        database = db
        legacy_table_names = False


@lru_cache(maxsize=128)
def _plain_fields(model: Any) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names of the fields that keep what they are given, and of those that may be given a row."""
    plain = (peewee.FieldAccessor, peewee.ForeignKeyAccessor)
    names = [name for name, field in model._meta.fields.items() if field.accessor_class in plain]
    rows = (name for name in names if isinstance(model._meta.fields[name], peewee.ForeignKeyField))
    return frozenset(names), tuple(rows)


class Named:
    """Adds the full name to a table that has its parts."""

    last_name: Any
    first_name: Any
    middle_name: Any

    @property
    def full_name(self) -> str:
        """Last, first and middle name."""
        return " ".join(n for n in (self.last_name, self.first_name, self.middle_name) if n)
