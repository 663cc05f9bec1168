"""`flask --app wsgi worker`: the worker process."""

import os
import sys

import click

from config import ROOT


@click.command("worker")
def worker_command() -> None:
    """Deliver SMS, e-mails and webhooks and import billing files until stopped.

    By now the application has checked the settings. It takes memory that the worker has no use for, so the
    process begins anew without it.
    """
    os.chdir(ROOT)
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # glibc keeps a heap for each of many threads otherwise
    os.execv(sys.executable, [sys.executable, "-m", "cabinet.worker"])  # noqa: S606 (ours)
