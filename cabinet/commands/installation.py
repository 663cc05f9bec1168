"""`flask --app wsgi build|db|doctor|version`: building and checking an installation."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import peewee
from flask import current_app
from flask.cli import with_appcontext

from cabinet.delivery import gateways
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.fan_out import chosen, event_kinds
from cabinet.models import Heartbeat, migrations
from cabinet.models.base import settings
from cabinet.models.database import db, is_sqlite
from cabinet.models.heartbeat import WORKER_SILENCE
from cabinet.web import assets
from cabinet.wording import catalogues
from config import ROOT, Settings
from config_check import problems


@click.command()
@with_appcontext
def build() -> None:
    """Hash and compress the static files, compile the translations."""
    names = assets.build(assets.SOURCE, assets.BUILT, settings().brand_accent)
    compiled = catalogues.compile_all()
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
def doctor() -> None:
    """Check this installation; exit code 1 when something is wrong."""
    healthy = True
    for good, text in _findings(settings()):
        healthy &= good
        click.echo(f"{'ok   ' if good else 'WRONG'}  {text}")
    if not healthy:
        sys.exit(1)


@click.command()
@with_appcontext
def version() -> None:
    """Print the version of Cabinet."""
    click.echo(current_app.config["VERSION"])


def _findings(s: Settings) -> Iterator[tuple[bool, str]]:
    forbidding = problems(s)
    yield from ((False, problem) for problem in forbidding)
    if not forbidding:
        yield True, "settings" + (" (demonstration)" if s.demo else "")
    receivers = s.staff_emails + s.staff_webhooks
    if receivers:
        lost = [kind for kind in event_kinds() if not chosen(receivers, kind)]
        yield not lost, f"events without a receiver: {', '.join(lost) or 'none'}"
    yield from _balances(s)
    var = ROOT / "var"
    yield os.access(_nearest(var), os.W_OK), "folder var/ is writable"
    try:
        with db.connection_context():
            yield True, f"database answers ({'SQLite' if is_sqlite() else 'PostgreSQL'})"
            missing = [name for name, applied in migrations.status() if not applied]
            if missing:
                yield False, f"migrations missing: {', '.join(missing)}; run flask --app wsgi db upgrade"
                return
            yield True, "migrations applied"
            age = Heartbeat.age("worker")
            if age is None:
                yield False, "worker has never run: start flask --app wsgi worker"
            else:
                yield age < WORKER_SILENCE, f"worker was alive {age:.0f} s ago"
    except (peewee.PeeweeException, ValueError, OSError) as error:
        yield False, f"database does not answer: {type(error).__name__}"


def _balances(s: Settings) -> Iterator[tuple[bool, str]]:
    """The money left at each gateway that has such a thing."""
    for gateway in gateways.in_order(s) if not problems(s) else ():
        try:
            left = gateway.balance()
        except (RefusedError, UnavailableError) as failure:
            yield False, f"gateway {gateway.name}: {failure.reason}"
        else:
            if left is not None:
                yield left > 0, f"gateway {gateway.name} has {left / 100:.2f} roubles left"


def _nearest(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


ALL: tuple[click.Command, ...] = (build, db_cli, doctor, version)
