"""`flask --app wsgi demo seed`: data for the demonstration."""

import click
from flask.cli import AppGroup

from cabinet.demo import data
from cabinet.models.base import now
from cabinet.models.database import db

demo_cli = AppGroup("demo", help="The demonstration.")


@demo_cli.command()
def seed() -> None:
    """Import the demonstration's billing; does nothing if it is already there."""
    with db.connection_context():
        loaded = data.load(now().date())
    click.echo("demonstration billing imported" if loaded else "demonstration billing is already there")
