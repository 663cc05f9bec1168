"""`flask --app wsgi incident`: what is on record of accounts, and the notices that the law asks for."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from cabinet import fields
from cabinet.commands.incident_notices import write
from cabinet.models import AccountEvent, Audit, Staff, User
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.incident import Scope

TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.command("incident")
@click.option("--phone", help="only of this phone and the resident who has it now")
@click.option("--staff", "email", help="only what this member of staff did and saw")
@click.option("--ip", default="", help="only what came from this network address")
@click.option("--since", type=TIME, help="UTC, to the day or the minute; by default the last seven days")
@click.option("--until", type=TIME, help="UTC; by default now")
@click.option(
    "--notices",
    type=click.Path(file_okay=False, path_type=Path),
    help="draft the notices due after 24 and 72 hours, and list whom it concerns, in this folder",
)
@with_appcontext
def incident(
    phone: str | None,
    email: str | None,
    ip: str,
    since: datetime | None,
    until: datetime | None,
    notices: Path | None,
) -> None:
    """Write the events of accounts and the audit log, oldest first, as lines of JSON; or the notices."""
    if sum(map(bool, (phone, email, ip))) > 1:
        raise click.UsageError("--phone, --staff and --ip exclude each other")
    begin, end = since or now() - timedelta(days=7), until or now()
    with db.connection_context():
        scope = Scope(begin, end, _actor(email), ip, _number(phone))
        if notices:
            _write(notices, scope)
            return
        for row in sorted(_rows(scope), key=lambda row: str(row["at"])):
            click.echo(json.dumps(row, ensure_ascii=False, default=str))


def _number(phone: str | None) -> str:
    try:
        return fields.phone(phone) if phone else ""
    except fields.FieldError:
        raise click.BadParameter("not a phone number", param_hint="--phone") from None


def _actor(email: str | None) -> str:
    found = Staff.by_email(email) if email else None
    if email and found is None:
        raise click.BadParameter("no such member of staff", param_hint="--staff")
    return found.actor if found else ""


def _write(folder: Path, scope: Scope) -> None:
    """Say where the files are and how many people it concerns: nothing of who they are."""
    try:
        files, number = write(folder, scope)
    except FileExistsError as error:
        raise click.ClickException(f"{error.filename} is there already: name another folder") from None
    for path in files:
        click.echo(str(path))
    click.echo(f"concerns {number}; complete what stands in [brackets], and delete the folder afterwards")


def _rows(scope: Scope) -> Iterator[dict[str, Any]]:
    events = AccountEvent.select().where(AccountEvent.at.between(scope.since, scope.until))
    audit = Audit.select().where(Audit.at.between(scope.since, scope.until))
    if scope.phone:
        user = User.by_phone(scope.phone)
        theirs = user.id if user else ""
        events = events.where(
            (AccountEvent.phone == scope.phone) | (AccountEvent.user_id == (theirs or None))
        )
        audit = audit.where((Audit.actor == f"user:{theirs}") | ((Audit.subject == theirs) & (theirs != "")))
    if scope.staff:
        events, audit = events.where(False), audit.where(Audit.actor == scope.staff)
    if scope.ip:
        events, audit = events.where(AccountEvent.ip == scope.ip), audit.where(Audit.ip == scope.ip)
    for name, query in (("event", events), ("audit", audit)):
        for row in query.dicts().iterator():
            yield {"record": name, **row}
