"""`flask --app wsgi backup|restore`: the database and the receipts in one file, and back."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from cabinet.backup.errors import BackupError
from cabinet.backup.restore import restore
from cabinet.backup.take import take

WORDS = "replace everything"
EXTREMES = {"all": datetime.max, "none": datetime.min}


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def backup_command(file: Path) -> None:
    """Write the database and the receipts of this moment to a new FILE, while the cabinet runs."""
    begun = time.monotonic()
    try:
        manifest = take(file)
    except (BackupError, OSError) as error:
        sys.exit(f"No backup: {error}")
    size = file.stat().st_size / 1_000_000
    click.echo(
        f"{file}: {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables,"
        f" {manifest.receipts} receipts, {size:.1f} MB, {time.monotonic() - begun:.1f} s"
    )
    for name in manifest.gone:
        click.echo(f"no file for the receipt {name}: deleted, or lost before")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--cutoff",
    "cutoff",
    default="all",
    show_default=True,
    metavar="TIME|all|none",
    help="Messages that waited are held, not sent again, if they were enqueued before it: UTC, such as "
    "2026-11-26T10:00.",
)
@click.option("--force", metavar="WORDS", help=f'With the words "{WORDS}": over what there is.')
@with_appcontext
def restore_command(file: Path, cutoff: str, force: str | None) -> None:
    """Restore a backup into an empty database and an empty UPLOADS_FOLDER. Stop web and worker before."""
    if force not in (None, WORDS):
        sys.exit(f'To lose all that is there now, say --force "{WORDS}"')
    try:
        found = restore(file, _moment(cutoff), force is not None)
    except (BackupError, OSError) as error:
        sys.exit(f"Not restored: {error}")
    manifest = found.manifest
    click.echo(
        f"restored as of {manifest.made_at} UTC: {sum(manifest.rows.values())} rows, "
        f"{manifest.receipts} receipts; {found.dropped} files dropped that no request names"
    )
    for name in found.upgraded:
        click.echo(f"applied {name}")
    if found.held:
        click.echo(f"{found.held} messages are held: see messages list --state dead, messages retry")
    for number in found.lacking:
        click.echo(f"request {number} has no file")


def _moment(text: str) -> datetime:
    """The cut-off in naive UTC."""
    if text in EXTREMES:
        return EXTREMES[text]
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text} is not a time, such as 2026-11-26T10:00") from None
    return given.astimezone(UTC).replace(tzinfo=None) if given.tzinfo else given
