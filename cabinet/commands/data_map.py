"""`flask --app wsgi data-map`: what is kept, how long and why, for the company's register of processing."""

import csv
import io
import re
from collections.abc import Iterator

import click
from flask.cli import with_appcontext

from cabinet.models.base import settings
from cabinet.models.data_map.reading import SETTING, Column, Table, data_map

ERASED = {
    "deleted": "удаляется",
    "emptied": "стирается",
    "kept": "остаётся",
    "none": "о жителе ничего нет",
}
TITLES = (
    *("Таблица", "Поле", "Чьи данные", "Зачем"),
    *("Сколько хранится", "В выгрузке жителя", "При удалении жителя"),
)


@click.command("data-map")
@click.option("--format", "form", type=click.Choice(["markdown", "csv"]), default="markdown")
@with_appcontext
def data_map_command(form: str) -> None:
    """Write the map of all data, in Russian, with the terms that this installation has set."""
    click.echo(as_csv() if form == "csv" else as_markdown(), nl=False)


def as_markdown() -> str:
    """A section a table: what it is for, and its fields."""
    lines = ["# Какие данные хранит кабинет"]
    for table in data_map().values():
        lines += ["", f"## {table.name}", "", f"{table.what}.", ""]
        lines += [f"- Чьи данные: {table.whose}", f"- Хранится: {in_days(table.kept)}"]
        lines += [f"- При удалении жителя: {_erased(table)}"]
        if table.columns:
            lines += ["", "| поле | зачем | в выгрузке жителя |", "|---|---|---|"]
        lines += [f"| `{name}` | {one.what} | {_exported(one)} |" for name, one in table.columns.items()]
    return "\n".join(lines) + "\n"


def as_csv() -> str:
    """A row a field, for Excel: separated by semicolons, with a mark of UTF-8."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow(TITLES)
    for table in data_map().values():
        writer.writerows(_rows(table))
    return "\ufeff" + file.getvalue()


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    kept = in_days(table.kept)
    exported = f"нет: {table.hidden}" if table.hidden else ""
    yield table.name, "", table.whose, table.what, kept, exported, _erased(table)
    for name, one in table.columns.items():
        erased = f"{ERASED[table.erasure_of(name)]}{f': {in_days(one.why)}' if one.why else ''}"
        yield table.name, name, table.whose, one.what, kept, _exported(one), erased


def _erased(table: Table) -> str:
    return ERASED[table.erased] + (f": {in_days(table.why)}" if table.why else "")


def _exported(column: Column) -> str:
    if column.export:
        return f"да: {column.export}"
    return f"нет: {column.hidden}" if column.hidden else "нет"


def in_days(text: str) -> str:
    """The text with each setting in it as a time, in the units in which it is a whole number."""
    return re.sub(SETTING, lambda found: _duration(getattr(settings(), found[1].lower())), text)


def _duration(seconds: int) -> str:
    for unit, length in (("сут.", 86400), ("ч.", 3600), ("мин.", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds // length} {unit}"
    return f"{seconds} с"
