"""`flask --app wsgi audit verify`: whether the journal is as it was written."""

import sys

import click
from flask.cli import with_appcontext

from cabinet.models import audit_check
from cabinet.models.audit_check import Fault
from cabinet.models.database import db

MOST_SHOWN = 100

WORDS = {
    "head": "the ends of the chain were changed, or PASSWORD_PEPPER was",
    "mark": "the noted end is not in the chain: rows were replaced, or a backup was restored",
    "removed": "removed",
    "changed": "changed",
    "twice": "stands at a place that is taken",
}


@click.group("audit")
def audit_cli() -> None:
    """The journal of who did and saw what."""


@audit_cli.command()
@click.option("--mark", default="", metavar="PLACE:DIGEST", help="An end printed earlier.")
@with_appcontext
def verify(mark: str) -> None:
    """Look for rows that were changed or removed since they were written.

    Exit code 0: every row is as it was written. 1: some are not; each is named. Note the end that is printed
    somewhere else: who could restore an older database cannot fake it.
    """
    try:
        with db.connection_context():
            head, faults = audit_check.verify(mark)
    except ValueError:
        raise click.BadParameter("not an end that verify printed", param_hint="--mark") from None
    for fault in faults[:MOST_SHOWN]:
        click.echo(_told(fault))
    if len(faults) > MOST_SHOWN:
        click.echo(f"… and {len(faults) - MOST_SHOWN} more")
    click.echo(f"rows {head.base + 1} to {head.place}, end {head.mark}")
    if faults:
        click.echo("the journal was tampered with")
        sys.exit(1)
    click.echo("every row is as it was written")


def _told(fault: Fault) -> str:
    words = WORDS[fault.what]
    if fault.what in ("head", "mark"):
        return words
    if fault.last > fault.place:
        return f"rows {fault.place} to {fault.last}: {words}"
    row = fault.row
    known = f" (id {row.id}, {row.at:%Y-%m-%d %H:%M:%S}, {row.actor}, {row.action})" if row else ""
    return f"row {fault.place}: {words}{known}"
