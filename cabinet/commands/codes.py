"""`flask --app wsgi codes`: lets a phone have codes again, also one without a cabinet."""

import click
from flask.cli import with_appcontext

from cabinet import fields
from cabinet.models import Audit, code_streak
from cabinet.models.database import db


@click.group("codes")
def codes_cli() -> None:
    """One-time codes."""


@codes_cli.command()
@click.argument("phone")
@with_appcontext
def allow(phone: str) -> None:
    """Send codes again to PHONE, for which too many wrong ones were typed in a row."""
    try:
        number = fields.phone(phone)
    except fields.FieldError:
        raise click.BadParameter("not a phone number", param_hint="PHONE") from None
    with db.connection_context(), db.atomic():
        stopped = code_streak.is_stopped(number)
        code_streak.end(number)
        Audit.record("codes-allowed", "system")
    click.echo("codes are sent again" if stopped else "codes were being sent")
