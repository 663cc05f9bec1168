"""`flask --app wsgi staff add|list|reset|block|unblock`."""

import secrets
import sys

import click
import peewee
from flask.cli import AppGroup

from cabinet import fields
from cabinet.models.base import settings
from cabinet.models.database import db
from cabinet.models.staff import ROLES, Staff
from cabinet.passwords.rules import PasswordPolicy, Personal, check
from cabinet.web.extensions import hasher

SHORTEST = 12  # characters of a password of the staff

staff_cli = AppGroup("staff", help="The people who may use the pages of the staff.")
generate = click.option("--generate", is_flag=True, help="Make a password and print it, once.")


@staff_cli.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="clerk", show_default=True)
@generate
def add_command(email: str, role: str, generate: bool) -> None:
    """Let somebody in: asks for a password, prints the address for the authenticator."""
    try:
        email = fields.email(email)
    except fields.FieldError as error:
        raise click.BadParameter("this is no e-mail address") from error
    with db.connection_context():
        if Staff.by_email(email):
            raise click.ClickException("This address is known already: staff reset gives a new password.")
    stored = hasher().hash(_password(email, generate))
    try:
        with db.connection_context():
            staff = Staff.add(email, role, stored)
    except peewee.IntegrityError as error:
        raise click.ClickException("This address is known already.") from error
    _show_secret(staff)


@staff_cli.command("reset")
@click.argument("email")
@generate
def reset_command(email: str, generate: bool) -> None:
    """Give somebody a new password and a new second factor; ends their sessions."""
    with db.connection_context():
        staff = _find(email)
        staff.reset(hasher().hash(_password(staff.email, generate)))
    _show_secret(staff)


@staff_cli.command("block")
@click.argument("email")
def block_command(email: str) -> None:
    """Let somebody in no more, from the next request on."""
    with db.connection_context():
        _find(email).block(True)


@staff_cli.command("unblock")
@click.argument("email")
def unblock_command(email: str) -> None:
    """Let somebody in again."""
    with db.connection_context():
        _find(email).block(False)


@staff_cli.command("list")
def list_command() -> None:
    """Show who there is."""
    with db.connection_context():
        for staff in Staff.select().order_by(Staff.email):
            seen = f"{staff.signed_in_at:%Y-%m-%d %H:%M}" if staff.signed_in_at else "never"
            click.echo(
                f"{staff.email}  {staff.role}  last in: {seen}{'  BLOCKED' if staff.blocked_at else ''}"
            )


def _find(email: str) -> Staff:
    staff = Staff.by_email(email)
    if staff is None:
        raise click.ClickException("There is nobody of this address.")
    return staff


def _password(email: str, generate: bool) -> str:
    """A password that was made, or typed twice; when there is no terminal, a line of the input."""
    if generate:
        made = secrets.token_urlsafe(15)
        click.echo(f"password: {made}")
        return made
    if sys.stdin.isatty():
        typed = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        typed = sys.stdin.readline().rstrip("\n")
    personal = Personal(names=(email.split("@")[0],))
    policy = PasswordPolicy(min_length=SHORTEST, max_length=settings().password_max_length)
    refused = [rule.name for rule in check(policy, typed, personal) if not rule.met]
    if refused:
        raise click.ClickException(
            f"The password is refused for: {', '.join(refused)}. At least {SHORTEST} characters, letters and "
            "digits, nothing common."
        )
    return typed


def _show_secret(staff: Staff) -> None:
    click.echo(f"{staff.email} may sign in at {settings().public_url}/staff/ as {staff.role}.")
    click.echo("For the authenticator, shown once; it is a secret:")
    click.echo(staff.provisioning_uri(settings().brand_name))
