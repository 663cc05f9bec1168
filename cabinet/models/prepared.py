"""Statements whose SQL is written once: to write it costs several times what the database needs to run it.

On SQLite every other process waits meanwhile, if it is written inside a transaction.
"""

import inspect
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

import peewee

from cabinet.models.database import db, is_sqlite

M = TypeVar("M", bound=peewee.Model)


class _Place:
    """Where a value goes."""

    def __init__(self, name: str) -> None:
        self.name = name


class Prepared(Generic[M]):
    """A query of which only the values change; `build` makes it, given a place for each of its parameters.

    Values go to the database as they are: texts, numbers, moments. Those named in `documents` are JSON.
    """

    def __init__(self, build: Callable[..., Any], documents: Iterable[str] = ()) -> None:
        self.build = build
        self.names = tuple(inspect.signature(build).parameters)
        self.documents = frozenset(documents)
        self.written: dict[bool, tuple[str, list[Any]]] = {}  # by whether it is for SQLite
        self.model: type[M] | None = None
        self.readers: list[Reader] = []

    def first(self, *values: Any) -> M | None:
        """The first row, or None."""
        rows = self.run(*values).fetchall()  # to the end, or SQLite would go on reading
        return self._made(rows[0]) if rows else None

    def value(self, *values: Any) -> Any:
        """The first value of the first row, as the database has it; None where there is no row."""
        rows = self.run(*values).fetchall()
        return rows[0][0] if rows else None

    def all(self, *values: Any) -> list[M]:
        """All rows."""
        return [self._made(row) for row in self.run(*values).fetchall()]

    def changed(self, *values: Any) -> int:
        """Run it; how many rows were written."""
        return int(self.run(*values).rowcount)

    def run(self, *values: Any) -> Any:
        """Run it; the driver's cursor, whose values are as the database has them."""
        sqlite = is_sqlite()
        if sqlite not in self.written:
            self.written[sqlite] = self._write(sqlite)
        sql, places = self.written[sqlite]
        given = dict(zip(self.names, values, strict=True))
        given |= {name: document(given[name]) for name in self.documents}
        return db.obj.execute_sql(sql, [given[p.name] if isinstance(p, _Place) else p for p in places])

    def _write(self, sqlite: bool) -> tuple[str, list[Any]]:
        places = {
            name: peewee.SQL(placeholder(sqlite, name in self.documents), (_Place(name),))
            for name in self.names
        }
        query = self.build(**places)
        fields: list[Any] = getattr(query, "_returning", None) or []
        if fields and all(isinstance(one, peewee.Field) for one in fields):  # rows, not what is made of them
            self.model, self.readers = fields[0].model, list(map(_reader, fields))
        sql, values = query.sql()
        return sql, values

    def _made(self, row: tuple[Any, ...]) -> M:
        assert self.model, "a statement that gives no rows of a table"
        return _made(self.model, self.readers, row)


def insert(*rows: peewee.Model) -> Any:
    """Write new rows of one table by one statement, inside the caller's transaction; the driver's cursor."""
    return db.obj.execute_sql(_insertion(type(rows[0]), len(rows), is_sqlite()), _values(rows))


def insert_if(condition: str, values: Sequence[Any], row: peewee.Model) -> bool:
    """As `insert`, one row and only where a condition of SQL holds, with ? for each of its values."""
    sql = _insertion_if(type(row), condition, is_sqlite())
    return bool(db.obj.execute_sql(sql, [*_values([row]), *values]).rowcount)


def insert_numbered(*rows: peewee.Model) -> tuple[int, ...]:
    """As `insert`, into a table that numbers its rows: their numbers, in order."""
    return numbered(_insertion(type(rows[0]), len(rows), is_sqlite()), _values(rows), len(rows))


def numbered(sql: str, values: list[Any], rows: int) -> tuple[int, ...]:
    """As `execute`, an INSERT of so many rows into a table that numbers them: their numbers, in order.

    PostgreSQL numbers rows of VALUES as they are written, but promises no order of what it returns.
    """
    if is_sqlite():
        last = execute(sql, values).lastrowid  # one statement numbers its rows one after the other
        return tuple(range(last - rows + 1, last + 1))
    return tuple(sorted(number for (number,) in execute(sql + ' RETURNING "id"', values).fetchall()))


def update(row: peewee.Model, *names: str) -> None:
    """Write these fields of a row, inside the caller's transaction."""
    values = [*_values([row], names), row._pk]  # type: ignore[attr-defined]
    db.obj.execute_sql(_change(type(row), names, is_sqlite()), values)


def columns(model: Any) -> str:
    """All columns of a table, for SQL written by hand; `made` makes a row of them."""
    return ", ".join(f'"{model._meta.table_name}"."{f.column_name}"' for f in model._meta.sorted_fields)


def made(model: type[M], row: Sequence[Any]) -> M:
    """A row of a table from its columns as the database has them."""
    return _made(model, _readers(model), row)


Reader = tuple[str, Callable[[Any], Any] | None]  # a field, and what makes its value of the database's
Writer = tuple[str, type | None, Callable[[Any], Any]]  # the other way; a value of this type stays as it is


@lru_cache(maxsize=64)
def _readers(model: Any) -> list[Reader]:
    return list(map(_reader, model._meta.sorted_fields))


def _reader(field: Any) -> Reader:
    kind = _plain(field)
    if kind in (str, int):
        return field.name, None
    return field.name, _READ[kind] if kind else field.python_value


def _plain(field: Any) -> type | None:
    """The type whose values Peewee leaves as they are, in this field."""
    kind = type(field.rel_field if isinstance(field, peewee.ForeignKeyField) else field)
    if kind.python_value is not peewee.Field.python_value or kind.db_value is not peewee.Field.db_value:
        return None
    return _TYPES.get(kind.adapt)


def moment_of(value: Any) -> Any:
    """What the database has as a moment: on SQLite a text; anything but a text stays what it is."""
    return datetime.fromisoformat(value) if type(value) is str else value


def _day(value: Any) -> date:
    return date.fromisoformat(value) if type(value) is str else value


_TYPES: dict[Any, type] = {
    peewee.CharField.adapt: str,
    peewee.IntegerField.adapt: int,
    peewee.DateTimeField.adapt: datetime,
    peewee.DateField.adapt: date,
}
_READ: dict[type, Callable[[Any], Any]] = {datetime: moment_of, date: _day}  # SQLite has texts for them


def _made(model: type[M], readers: Sequence[Reader], row: Sequence[Any]) -> M:
    one, data = model.__new__(model), dict[str, Any]()
    vars(one).update(__data__=data, _dirty=set(), __rel__={})  # as Peewee makes a row that it reads
    for (name, read), value in zip(readers, row, strict=True):
        data[name] = value if read is None or value is None else read(value)
    return one


def execute(sql: str, values: list[Any]) -> Any:
    """Run SQL written by hand, with ? for each value; the driver's cursor."""
    return db.obj.execute_sql(sql if is_sqlite() else sql.replace("?", "%s"), values)


def placeholder(sqlite: bool, is_document: bool = False) -> str:
    """What stands for a value."""
    if sqlite:
        return "json(?)" if is_document else "?"
    return "%s"


def document(value: Any) -> Any:
    """JSON as the driver takes it."""
    if value is None:
        return None
    return json.dumps(value) if is_sqlite() else db.obj._adapter.jsonb_type(value)


@lru_cache(maxsize=64)
def _fields(model: Any) -> list[Any]:
    """What is written of a new row; the database numbers the rows itself."""
    return [field for field in model._meta.sorted_fields if not isinstance(field, peewee.AutoField)]


@lru_cache(maxsize=256)
def _insertion(model: Any, rows: int, sqlite: bool) -> str:
    fields = _fields(model)
    names = ", ".join(f'"{field.column_name}"' for field in fields)
    places = ", ".join(_place(field, sqlite) for field in fields)
    all_places = ", ".join([f"({places})"] * rows)
    return f'INSERT INTO "{model._meta.table_name}" ({names}) VALUES {all_places}'  # noqa: S608


@lru_cache(maxsize=64)
def _insertion_if(model: Any, condition: str, sqlite: bool) -> str:
    sql = _insertion(model, 1, sqlite).replace(" VALUES (", " SELECT ")[:-1]
    return f"{sql} WHERE {condition if sqlite else condition.replace('?', '%s')}"


@lru_cache(maxsize=256)
def _change(model: Any, names: tuple[str, ...], sqlite: bool) -> str:
    fields = [model._meta.fields[name] for name in names]
    changes = ", ".join(f'"{field.column_name}" = {_place(field, sqlite)}' for field in fields)
    key = model._meta.primary_key.column_name
    where = f'"{key}" = {placeholder(sqlite)}'
    return f'UPDATE "{model._meta.table_name}" SET {changes} WHERE {where}'  # noqa: S608


def _place(field: peewee.Field, sqlite: bool) -> str:
    return placeholder(sqlite, isinstance(field, peewee.JSONField))


@lru_cache(maxsize=256)
def _writers(model: Any, names: tuple[str, ...]) -> list[Writer]:
    fields = [model._meta.fields[name] for name in names] or _fields(model)
    return [_writer(field) for field in fields]


def _writer(field: Any) -> Writer:
    convert = document if isinstance(field, peewee.JSONField) else field.db_value
    return field.name, _plain(field), convert


def _values(rows: Iterable[peewee.Model], names: tuple[str, ...] = ()) -> list[Any]:
    values = []
    for row in rows:
        data = row.__data__
        for name, plain, convert in _writers(type(row), names):
            value = data.get(name)
            values.append(value if value is None or type(value) is plain else convert(value))
    return values
