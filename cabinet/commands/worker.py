"""`flask --app wsgi worker`: the worker process."""

import logging
import os
import sys
import time

import click
import peewee

from cabinet.models import migrations
from cabinet.models.database import db
from cabinet.telemetry import watchdog
from config import ROOT

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds


@click.command("worker")
def worker_command() -> None:
    """Deliver SMS, e-mails and webhooks and import billing files until stopped.

    By now the application has checked the settings. It takes memory that the worker has no use for, so the
    process begins anew without it, once the database has this version's tables.
    """
    said = ""
    while why := _keeps_from_working():
        if why != said:
            log.warning("the worker waits: %s", why)
            said = why
        watchdog.goes_on()
        time.sleep(LOOK_EVERY)
    os.chdir(ROOT)
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # glibc keeps a heap for each of many threads otherwise
    os.execv(sys.executable, [sys.executable, "-m", "cabinet.worker"])  # noqa: S606 (ours)


def _keeps_from_working() -> str:
    """Why every message would fail, for the log; "" if none would."""
    try:
        with db.connection_context():
            upgraded = not migrations.missing()
    except peewee.PeeweeException as error:
        return f"the database does not answer ({type(error).__name__})"
    return "" if upgraded else "migrations are missing; run flask --app wsgi db upgrade"
