"""`flask --app wsgi messages list|show|retry`: inspect the outbox and retry messages."""

from typing import Any

import click
from flask.cli import with_appcontext
from peewee import Expression

from cabinet.models import DeliveryTry, Message
from cabinet.models.database import connected
from cabinet.models.message import CHANNELS
from cabinet.wording.formats import masked

STATES = ("waiting", "sent", "dead")
SECRETS = (
    "code",
    "token",
    "link",
    "password",
    "secret",
)  # names in `data` of what grants access


@click.group("messages")
def messages_cli() -> None:
    """The outbox: what is waiting, what was sent, what is dead and why."""


@messages_cli.command("list")
@click.option("--lane", "channel", type=click.Choice(CHANNELS))
@click.option("--state", type=click.Choice(STATES))
@click.option("--limit", default=50, show_default=True, help="Number of messages.")
@with_appcontext
def list_messages(channel: str | None, state: str | None, limit: int) -> None:
    """Show messages, newest first."""
    conditions: list[Expression] = []
    if channel:
        conditions.append(Message.channel == channel)
    if state == "waiting":
        conditions.append(Message.waiting())
    elif state == "sent":
        conditions.append(Message.sent())
    elif state == "dead":
        conditions.append(Message.dead())
    with connected():
        query = Message.select().order_by(Message.created_at.desc()).limit(limit)
        for message in query.where(*conditions) if conditions else query:
            line = f"{message.id}  {message.created_at:%Y-%m-%d %H:%M:%S}  {message.channel:7}"
            line += f"  {_state(message):7}  {message.template}  {masked(message.to)}"
            line += f"  {message.error or message.status}"
            click.echo(line.rstrip())


@messages_cli.command("show")
@click.argument("message_id")
@with_appcontext
def show_message(message_id: str) -> None:
    """Show one message; secrets and personal data are masked."""
    with connected():
        message = _find(message_id)
        tries = list(DeliveryTry.select().where(DeliveryTry.message == message.id).order_by(DeliveryTry.at))
        children = [child.id for child in Message.select(Message.id).where(Message.parent == message.id)]
    rows: list[tuple[str, Any]] = [("state", _state(message)), ("to", masked(message.to))]
    rows.append(("lane", message.channel))
    for name in ("template", "locale", "parent", "created_at", "due_at", "expires_at", "tries"):
        rows.append((name, getattr(message, name)))
    for name in ("sent_at", "dead_at", "error", "provider_id", "status"):
        rows.append((name, getattr(message, name)))
    rows.append(("children", " ".join(children)))
    rows += [("try", _of(one)) for one in tries]
    rows.append(("data", ", ".join(f"{k}={_shown(k, v)}" for k, v in message.data.items())))
    for name, value in rows:
        if value not in (None, ""):
            click.echo(f"{name:12}{value}")


@messages_cli.command("retry")
@click.argument("message_id", required=False)
@click.option("--all", "everything", is_flag=True, help="Every dead message that has not expired.")
@with_appcontext
def retry_messages(message_id: str | None, everything: bool) -> None:
    """Retry a dead message, or all of them."""
    if bool(message_id) == everything:
        raise click.UsageError("Name one message or pass --all.")
    with connected():
        if message_id:
            message = _find(message_id)
            if message.dead_at is None:
                raise click.ClickException(f"The message is {_state(message)}, not dead.")
            message.retry()
            count = 1
        else:
            count = Message.retry_all()
    click.echo(f"{count} will be retried.")


def _of(one: DeliveryTry) -> str:
    """A try in one line: when, by which gateway, what came of it and why, after how many seconds."""
    words = [f"{one.at:%Y-%m-%d %H:%M:%S}", one.gateway, one.state, one.fault, one.reason]
    if one.ended_at is not None:
        words.append(f"{(one.ended_at - one.at).total_seconds():.1f}s")
    return " ".join(filter(None, words))


def _find(message_id: str) -> Message:
    message = Message.get_or_none(Message.id == message_id)
    if message is None:
        raise click.ClickException("No message has this id.")
    return message


def _state(message: Message) -> str:
    if message.sent_at is not None:
        return "sent"
    return "dead" if message.dead_at is not None else "waiting"


def _shown(name: str, value: Any) -> str:
    """A value of `data`: only its type and size, unless it is a harmless number or an identifier."""
    if any(word in name for word in SECRETS):
        return "•••"
    if name in ("user", "account", "period", "registered_at", "request", "number"):
        return str(value)
    return "•••" if value else "—"
