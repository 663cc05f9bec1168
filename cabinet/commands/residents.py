"""`flask --app wsgi residents import FILE`."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.residents import import_residents
from cabinet.models.database import db

SHOWN = 20  # rows printed

residents_cli = AppGroup("residents", help="Residents registered earlier without a password.")
existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@residents_cli.command("import")
@click.argument("file", type=existing)
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
def import_residents_command(file: Path, dry_run: bool) -> None:
    """Import a table of residents; see docs/billing-formats.md.

    Exit code 1 when nobody was taken.
    """
    try:
        with db.connection_context():
            report = import_residents(file, dry_run)
    except (UnreadableFileError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"added {report.added}, known {report.known}, rejected {report.rejected}, "
        f"accounts linked {report.linked}"
    )
    for title in report.ignored:
        click.echo(f"  not taken: {title}")
    if report.incomplete:
        click.echo(f"taken without a part of the row: {report.incomplete}")
        for reason, count in report.lost.most_common():
            click.echo(f"  {reason}: {count}")
    for reject in report.rejects[:SHOWN]:
        click.echo(f"  line {reject.line}: {reject.reason}")
    if len(report.rejects) > SHOWN:
        click.echo(f"  … and {len(report.rejects) - SHOWN} more")
    if dry_run:
        click.echo("Dry run: nothing was changed.")
    if report.nothing:
        click.echo("Никто не загружен: ни в одной строке нет номера мобильного телефона.", err=True)
        sys.exit(1)
