"""`flask --app wsgi doctor`: what is wrong with an installation, and what cures it."""

import sys
from itertools import chain

import click
from flask import current_app
from flask.cli import with_appcontext

from cabinet.doctor import choices, database, folders, front, others
from cabinet.doctor.finding import Level
from cabinet.models.base import settings


@click.command()
@click.option("--public", "url", metavar="URL", help="Look through the front instead, at this address.")
@with_appcontext
def doctor(url: str | None) -> None:
    """Examine this installation; exit code 1 when something is wrong.

    Run it on the host of the web server, as its user and with its settings.
    """
    s = settings()
    if url:
        found = front.findings(url, s, current_app.config["VERSION"])
    else:
        found = chain(*(part.findings(s) for part in (choices, others, folders, database)))
    healthy = True
    for finding in found:
        healthy &= finding.level is not Level.WRONG
        click.echo(str(finding))
    if not healthy:
        sys.exit(1)
