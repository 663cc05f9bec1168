"""`flask --app wsgi staff add|list|reset|block|unblock|rotate`: accounts of the staff."""

import secrets
import sys

import click
import peewee
from flask.cli import AppGroup

from cabinet import fields
from cabinet.models.base import settings
from cabinet.models.database import db
from cabinet.models.staff import ROLES, Staff
from cabinet.models.staff import SHORTEST_PASSWORD as SHORTEST
from cabinet.passwords.rules import PasswordPolicy, Personal, check
from cabinet.web.extensions import hasher

LONGEST_NAME = 100

staff_cli = AppGroup("staff", help="Accounts of the staff pages.")
generate = click.option("--generate", is_flag=True, help="Generate a password and print it once.")


@staff_cli.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="clerk", show_default=True)
@click.option("--name", default="", help="As colleagues and the journal call the person.")
@generate
def add_command(email: str, role: str, name: str, generate: bool) -> None:
    """Add an account: asks for a password, prints the authenticator's URI."""
    try:
        email = fields.email(email)
    except fields.FieldError as error:
        raise click.BadParameter("not an e-mail address") from error
    with db.connection_context():
        if Staff.by_email(email):
            raise click.ClickException("This address already has an account; staff reset sets its password.")
    stored = hasher().hash(_password(email, generate))
    try:
        with db.connection_context():
            staff = Staff.add(email, role, stored, name[:LONGEST_NAME].strip())
    except peewee.IntegrityError as error:
        raise click.ClickException("This address already has an account.") from error
    _show_secret(staff)


@staff_cli.command("reset")
@click.argument("email")
@generate
def reset_command(email: str, generate: bool) -> None:
    """Set a new password and a new second factor; ends the account's sessions."""
    with db.connection_context():
        staff = _find(email)
        staff.reset(hasher().hash(_password(staff.email, generate)))
    _show_secret(staff)


@staff_cli.command("block")
@click.argument("email")
def block_command(email: str) -> None:
    """Block an account from its next request on."""
    with db.connection_context():
        _find(email).block(True)


@staff_cli.command("unblock")
@click.argument("email")
def unblock_command(email: str) -> None:
    """Unblock an account."""
    with db.connection_context():
        _find(email).block(False)


@staff_cli.command("rotate")
def rotate_command() -> None:
    """After a new SECRET_KEY: have the authenticators depend on it alone, so that the old one can go."""
    with db.connection_context():
        moved, lost = Staff.move_factors()
    click.echo(f"{moved} authenticators moved to the present SECRET_KEY")
    for email in lost:
        click.echo(f"{email}: of a key that is not in SECRET_KEY_FALLBACKS; staff reset {email}")
    if lost:
        sys.exit(1)


@staff_cli.command("list")
def list_command() -> None:
    """List the accounts."""
    with db.connection_context():
        for staff in Staff.select().order_by(Staff.email):
            seen = f"{staff.signed_in_at:%Y-%m-%d %H:%M}" if staff.signed_in_at else "never"
            click.echo(
                f"{staff.email}  {staff.role}  last in: {seen}{'  BLOCKED' if staff.blocked_at else ''}"
            )


def _find(email: str) -> Staff:
    staff = Staff.by_email(email)
    if staff is None:
        raise click.ClickException("No staff account has this address.")
    return staff


def _password(email: str, generate: bool) -> str:
    """A generated password, or one typed twice; without a terminal, one line of standard input."""
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
            f"The password fails these rules: {', '.join(refused)}. It needs at least {SHORTEST} characters, "
            "letters and digits, and must not be a common one."
        )
    return typed


def _show_secret(staff: Staff) -> None:
    click.echo(f"{staff.email} may sign in at {settings().public_url}/staff/ as {staff.role}.")
    click.echo("For the authenticator app (secret, shown only once):")
    click.echo(staff.provisioning_uri(settings().brand_name))
