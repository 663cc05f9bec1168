"""`flask --app wsgi readers add|list|revoke`: systems that may read the feed of events."""

import click
from flask.cli import with_appcontext

from cabinet.models import EventReader
from cabinet.models.database import connected
from cabinet.models.event_reader import LONGEST_NAME


@click.group("readers")
def readers_cli() -> None:
    """Systems that read events at /api/events."""


@readers_cli.command("add")
@click.argument("name")
@with_appcontext
def add_reader(name: str) -> None:
    """Make a token for a system, printed this once."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise click.BadParameter(f"a name has 1 to {LONGEST_NAME} printable characters")
    with connected():
        _reader, token = EventReader.add(name, "system")
    click.echo(token)


@readers_cli.command("list")
@with_appcontext
def list_readers() -> None:
    """Show who may read, and when they last did, to the hour."""
    with connected():
        for reader in EventReader.select().order_by(EventReader.created_at):
            seen = f"{reader.seen_at:%Y-%m-%d %H:00}" if reader.seen_at else "never"
            ended = "  REVOKED" if reader.revoked_at else ""
            click.echo(f"{reader.id}  {reader.created_at:%Y-%m-%d}  last read: {seen}  {reader.name}{ended}")


@readers_cli.command("revoke")
@click.argument("reader_id")
@with_appcontext
def revoke_reader(reader_id: str) -> None:
    """End a token at once; `readers list` shows their ids."""
    with connected():
        reader = EventReader.get_or_none(EventReader.id == reader_id)
        if reader is None or not reader.revoke("system"):
            raise click.ClickException("No reader has this id, or its token was revoked before.")
