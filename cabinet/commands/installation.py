"""`flask --app wsgi build|db|version`: building and upgrading an installation."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from cabinet.commands.bytecode import compile_modules
from cabinet.models import migrations
from cabinet.models.base import settings
from cabinet.models.database import db
from cabinet.web import assets
from cabinet.wording import catalogues


@click.command()
@with_appcontext
def build() -> None:
    """Hash and compress the static files, compile the translations and the modules."""
    names = assets.build(assets.SOURCE, assets.BUILT, settings().brand_accent)
    compiled = catalogues.compile_all()
    compile_modules()
    click.echo(f"{len(names)} static files, {len(compiled)} catalogues compiled")


@click.group("db")
def db_cli() -> None:
    """The database schema."""


@db_cli.command()
@with_appcontext
def upgrade() -> None:
    """Apply the missing migrations; safe to repeat, and to run from several hosts at once."""
    with db.connection_context():
        applied = migrations.upgrade()
    click.echo("\n".join(f"applied {name}" for name in applied) or "the database is up to date")


@db_cli.command()
@with_appcontext
def status() -> None:
    """List the migrations; exit code 1 when some are not applied."""
    with db.connection_context():
        rows = migrations.status()
    for name, applied in rows:
        click.echo(f"{'applied' if applied else 'MISSING'}  {name}")
    if not all(applied for _, applied in rows):
        sys.exit(1)


@click.command()
@with_appcontext
def version() -> None:
    """Print the version of Cabinet."""
    click.echo(current_app.config["VERSION"])


ALL: tuple[click.Command, ...] = (build, db_cli, version)
