"""Columns that nobody knows, at the terminal: `billing import --map`, `billing layouts`, `billing forget`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import click
from flask.cli import with_appcontext

from cabinet.billing.choices import faults
from cabinet.billing.columns import understand
from cabinet.billing.known_layouts import saved_for
from cabinet.billing.layout import WORDS
from cabinet.billing.mapping import Preview, said
from cabinet.billing.titles import labels
from cabinet.models.base import now
from cabinet.models.column_map import ColumnMap
from cabinet.models.database import db
from cabinet.models.staff import Staff

PAIR = re.compile(rf"\s*(.+?)\s*=\s*({'|'.join(WORDS)}|)\s*(?:,|$)")  # titles may have commas, too
SHOWN_KEY = 8  # characters


def pairs_of(texts: Sequence[str]) -> dict[str, str]:
    """Titles with our fields, of what `--map` was given. Raises BadParameter."""
    found: dict[str, str] = {}
    for text in texts:
        pairs = list(PAIR.finditer(text))
        if "".join(pair[0] for pair in pairs) != text or not pairs:
            raise click.BadParameter(f"{text}: write TITLE=FIELD; fields are {', '.join(WORDS)}")
        found |= {pair[1]: pair[2] for pair in pairs}
    return found


class Named:
    """What an operator says of columns, and what is saved of them; `used` by the keys of layouts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.pairs = pairs_of(texts)
        self.used: dict[str, dict[str, Any]] = {}

    def say(self, shown: Preview) -> Mapping[str, str] | None:
        """What the columns of a layout mean. Raises ClickException if they cannot mean that."""
        if not self.pairs:
            saved = saved_for(shown)
            return dict(saved.columns) if saved else None
        chosen = _chosen(shown, self.pairs)
        wrong = faults(shown, chosen)
        if wrong:
            raise click.ClickException(" ".join(filter(None, [*wrong.columns.values(), wrong.lacking])))
        columns = said(shown, chosen)
        told = {"titles": list(shown.titles), "columns": columns, "by": "system", "at": now().isoformat()}
        self.used[shown.key] = told
        return columns

    def save(self) -> None:
        """Keep it for the next month."""
        for key, told in self.used.items():
            ColumnMap.keep(key, told, "system")


def _chosen(shown: Preview, pairs: Mapping[str, str]) -> list[str]:
    """Our field for each column: as the operator says, else as its title does."""
    named = {_place(shown, title): name for title, name in pairs.items()}
    known = understand(shown.titles, {}).names
    left = ["" if name in named.values() else name or "" for name in known]
    return [named.get(place, name) for place, name in enumerate(left)]


def _place(shown: Preview, title: str) -> int:
    """Where a column stands that is named by its title or its number."""
    if title.isdecimal() and 1 <= int(title) <= len(shown.titles):
        return int(title) - 1
    label = labels([title])[0]
    if label not in shown.labels:
        raise click.ClickException(f"there is no column «{title}», or several; name it by its number")
    return shown.labels.index(label)


def print_columns(shown: Preview) -> None:
    """List the columns of a layout that nobody knows on stderr; no cell of them, since these name people."""
    for place, guess in enumerate(shown.taken):
        hint = "never read" if place in shown.private else f"{guess}?" if guess else ""
        click.echo(f"{place + 1:>4}  {shown.title(place)}{f'  ({hint})' if hint else ''}", err=True)
    click.echo(f'--map "TITLE=FIELD, …" or "NUMBER=FIELD, …"; fields: {", ".join(WORDS)}', err=True)


@click.command("layouts")
@with_appcontext
def layouts_command() -> None:
    """Show what staff said of columns that nobody knew, newest first: layout, day, who, columns."""
    with db.connection_context():
        emails = {staff.actor: staff.email for staff in Staff.select()}
        for saved in ColumnMap.select().order_by(ColumnMap.made_at.desc(), ColumnMap.key):
            pairs = zip(saved.titles, labels(saved.titles), strict=True)
            columns = ", ".join(f"{' '.join(t.split())}={saved.columns.get(label, '')}" for t, label in pairs)
            by = emails.get(saved.made_by, saved.made_by)
            click.echo(f"{saved.key[:SHOWN_KEY]}  {saved.made_at:%Y-%m-%d}  {by}  {columns}")


@click.command("forget")
@click.argument("layout")
@with_appcontext
def forget_command(layout: str) -> None:
    """Ask again what the columns of a layout mean; `billing layouts` shows which there are."""
    with db.connection_context():
        found = [row.key for row in ColumnMap.select(ColumnMap.key) if row.key.startswith(layout)]
        if len(found) != 1 or not ColumnMap.forget(found[0], "system"):
            raise click.ClickException(f"there is no layout {layout}")
        click.echo(f"layout {layout} is forgotten")
