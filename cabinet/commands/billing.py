"""`flask --app wsgi billing import FILE` and `flask --app wsgi residents import FILE`."""

import csv
import sys
from pathlib import Path

import click
import peewee
from flask.cli import AppGroup

from cabinet.billing.batches import Reject
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.billing.residents import import_residents
from cabinet.models.database import db

SHOWN = 20  # rejected rows printed

billing_cli = AppGroup("billing", help="Accounts and charges.")
residents_cli = AppGroup("residents", help="Residents registered earlier without a password.")
existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@billing_cli.command("import")
@click.argument("file", type=existing)
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@click.option("--max-rejects", default=5.0, show_default=True, help="Per cent of bad rows that is too many.")
@click.option("--rejects", "rejects_file", type=click.Path(dir_okay=False), help="Write rejected rows there.")
def import_command(file: Path, dry_run: bool, max_rejects: float, rejects_file: str | None) -> None:
    """Import a CSV file of accounts and charges; see docs/billing-formats.md.

    Exit code 1 when nothing was imported.
    """
    rejects = open(rejects_file, "w", encoding="utf-8-sig", newline="") if rejects_file else None  # noqa: SIM115
    writer = csv.writer(rejects, delimiter=";") if rejects else None

    def on_reject(reject: Reject) -> None:
        if writer:
            writer.writerow([reject.line, reject.account, reject.reason])

    try:
        with (
            db.connection_context(),
            click.progressbar(length=file.stat().st_size, label=file.name, file=sys.stderr) as bar,
        ):
            report = import_billing(
                file, dry_run, max_rejects, lambda done: bar.update(done - bar.pos), on_reject
            )
            bar.update(max(0, (bar.length or 0) - bar.pos))
    except (UnreadableFileError, OSError) as error:
        raise click.ClickException(str(error)) from error
    except peewee.PeeweeException as error:  # its text may quote rows
        raise click.ClickException(f"the database failed ({type(error).__name__}); import again") from error
    finally:
        if rejects:
            rejects.close()
    _print(report)
    if report.nothing:
        sys.exit(1)


def _print(report: Report) -> None:
    for period in report.periods:
        click.echo(
            f"{period.period:%Y-%m}: accounts +{period.new_accounts} ~{period.changed_accounts}, "
            f"charges +{period.new_charges} ~{period.changed_charges} ={period.unchanged_charges}"
        )
    click.echo(f"accepted {report.accepted}, repeated {report.repeated}, rejected {report.rejected}")
    for reject in report.rejects[:SHOWN]:
        click.echo(f"  line {reject.line}, account {reject.account or '-'}: {reject.reason}")
    if report.rejected > SHOWN:
        click.echo(f"  … and {report.rejected - SHOWN} more; --rejects FILE writes them all")
    if report.refused:
        click.echo(report.refused + " Ничего не загружено.")
    if report.dry_run:
        click.echo("Dry run: nothing was changed.")


@residents_cli.command("import")
@click.argument("file", type=existing)
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
def import_residents_command(file: Path, dry_run: bool) -> None:
    """Import phone;last_name;first_name;middle_name;email;birth_date;accounts."""
    try:
        with db.connection_context():
            report = import_residents(file, dry_run)
    except (UnreadableFileError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"added {report.added}, known {report.known}, accounts linked {report.linked}")
    for reject in report.rejects[:SHOWN]:
        click.echo(f"  line {reject.line}: {reject.reason}")
    if not report.added and not report.known:
        sys.exit(1)
