"""`flask --app wsgi demo seed`."""

import click
from flask.cli import AppGroup

from cabinet.demo import data
from cabinet.models.base import now
from cabinet.models.database import db

demo_cli = AppGroup("demo", help="The demonstration.")


@demo_cli.command()
def seed() -> None:
    """Bring in the demonstration's billing; does nothing when it is there."""
    with db.connection_context():
        loaded = data.load(now().date())
    click.echo("demonstration billing imported" if loaded else "demonstration billing is there")
