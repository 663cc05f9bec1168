"""`flask --app wsgi incident`: what is on record of accounts, for whoever looks into an incident."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import click
from flask.cli import with_appcontext

from cabinet import fields
from cabinet.models import AccountEvent, Audit, User
from cabinet.models.base import now
from cabinet.models.database import db


@click.command("incident")
@click.option("--phone", help="only of this phone and the resident who has it now")
@click.option("--since", type=click.DateTime(), help="UTC; by default the last seven days")
@click.option("--until", type=click.DateTime(), help="UTC; by default now")
@with_appcontext
def incident(phone: str | None, since: datetime | None, until: datetime | None) -> None:
    """Write the events of accounts and the audit log, oldest first, each as a line of JSON."""
    try:
        number = fields.phone(phone) if phone else None
    except fields.FieldError:
        raise click.BadParameter("not a phone number", param_hint="--phone") from None
    begin, end = since or now() - timedelta(days=7), until or now()
    with db.connection_context():
        for row in sorted(_rows(number, begin, end), key=lambda row: str(row["at"])):
            click.echo(json.dumps(row, ensure_ascii=False, default=str))


def _rows(phone: str | None, begin: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    events = AccountEvent.select().where(AccountEvent.at >= begin, AccountEvent.at <= end)
    audit = Audit.select().where(Audit.at >= begin, Audit.at <= end)
    if phone:
        user = User.by_phone(phone)
        theirs = user.id if user else ""
        events = events.where((AccountEvent.phone == phone) | (AccountEvent.user_id == (theirs or None)))
        audit = audit.where((Audit.actor == f"user:{theirs}") | ((Audit.subject == theirs) & (theirs != "")))
    for name, query in (("event", events), ("audit", audit)):
        for row in query.dicts().iterator():
            yield {"record": name, **row}
