"""A database that fails a command is a sentence for the operator, with what to do, and no traceback."""

from typing import Any

import click
import peewee

from cabinet.models import migrations
from cabinet.models.database import db
from cabinet.models.failures import AWAY, reason


def plainly(command: click.Command) -> click.Command:
    """Have a command say so; its exit code is 1 then."""
    invoke = command.invoke

    def guarded(ctx: click.Context) -> Any:
        try:
            return invoke(ctx)
        except peewee.DatabaseError as error:
            raise click.ClickException(_sentence(error)) from None

    command.invoke = guarded  # type: ignore[method-assign]
    return command


def _sentence(error: peewee.DatabaseError) -> str:
    """What to do. Raises the error again if it is none of the database's state, but ours."""
    try:
        with db.connection_context():
            missing = migrations.missing()
    except peewee.PeeweeException:
        missing = []
    if missing:
        return f"the database lacks {len(missing)} migrations: run flask --app wsgi db upgrade"
    if isinstance(error, AWAY):
        return f"the database fails: {reason(error)}\nSee flask --app wsgi doctor."
    raise error
