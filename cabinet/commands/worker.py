"""`flask --app wsgi worker`: the worker process."""

import click
from flask.cli import with_appcontext

from cabinet.models.base import settings
from cabinet.worker.loop import Worker


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Deliver SMS, e-mails and webhooks and import billing files until stopped."""
    Worker(settings()).run()
