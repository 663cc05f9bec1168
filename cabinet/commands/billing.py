"""`flask --app wsgi billing …`."""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path

import click
import peewee
from flask.cli import AppGroup

from cabinet import fields
from cabinet.billing.alternatives import AlternativesError
from cabinet.billing.answers import Answers
from cabinet.billing.batches import Reject
from cabinet.billing.errors import NeedsAnswerError, UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.job_run import NO_ROWS, show_to_staff
from cabinet.billing.known_layouts import import_as_said
from cabinet.billing.mapping import UnknownLayoutError
from cabinet.billing.staging.base import NotWrittenError
from cabinet.billing.undo import take_back
from cabinet.commands.import_report import print_report
from cabinet.commands.layouts import Named, forget_command, layouts_command, print_columns
from cabinet.models.account import latest_periods
from cabinet.models.billing_period import BillingPeriod, all_months
from cabinet.models.database import db
from cabinet.models.failures import reason
from cabinet.models.import_batch import ImportBatch
from cabinet.models.staff import Staff

NEEDS_ANSWER = 2  # the exit code

billing_cli = AppGroup("billing", help="Accounts and charges.")
billing_cli.add_command(layouts_command)
billing_cli.add_command(forget_command)
existing = click.Path(exists=True, dir_okay=False, path_type=Path)


def _choices(_context: click.Context, _option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """What was chosen, by the codes of the questions."""
    return {code: value for code, _, value in (pair.partition("=") for pair in pairs)}


@billing_cli.command("import")
@click.argument("files", metavar="FILE…", type=existing, nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@click.option(
    "--max-rejects",
    default=5.0,
    show_default=True,
    help="Import nothing above this percentage of rejected rows.",
)
@click.option(
    "--rejects", "rejects_file", type=click.Path(dir_okay=False), help="Write rejected rows to this file."
)
@click.option("--period", type=click.DateTime(["%Y-%m"]), help="Month of a file that names none: YYYY-MM.")
@click.option("--accept", multiple=True, metavar="WARNING", help="Import in spite of a warning; repeatable.")
@click.option(
    "--choose",
    "chosen",
    multiple=True,
    metavar="WHAT=VALUE",
    callback=_choices,
    help="One of the answers that a question lists: encoding=koi8-r, supplier=NAME, supplier=* for all.",
)
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="TITLE=FIELD,…",
    help="What columns mean that nobody knows, by title or number; saved for next month.",
)
def import_command(
    files: tuple[Path, ...],
    dry_run: bool,
    max_rejects: float,
    rejects_file: str | None,
    period: datetime | None,
    accept: tuple[str, ...],
    chosen: dict[str, str],
    pairs: tuple[str, ...],
) -> None:
    """Import accounts and charges of a file, or of several of one month; see docs/billing-formats.md.

    Exit code 1 when nothing was imported, 2 when it needs an answer: --period, --accept, --choose or --map.
    """
    answers = Answers(period.date() if period else None, accept=frozenset(accept), chosen=chosen)
    named, label = Named(pairs), ", ".join(file.name for file in files)
    with (
        _explained(),
        _rejects_written(rejects_file) as on_reject,
        db.connection_context(),
        click.progressbar(length=_size(files), label=label, file=sys.stderr) as bar,
    ):
        run = partial(
            import_billing,
            files,
            dry_run,
            max_rejects,
            lambda done: bar.update(done - bar.pos),
            on_reject,
            on_done=partial(show_to_staff, files),
        )
        report = import_as_said(lambda said: run(answers=said), answers, named.say)
        bar.update(max(0, (bar.length or 0) - bar.pos))
        if not dry_run and not report.nothing:
            named.save()
    print_report(report)
    if pairs and not named.used:
        click.echo("--map was not needed: the columns are known", err=True)
    if report.unanswered:
        sys.exit(NEEDS_ANSWER)
    if report.nothing:
        if not report.refused:
            click.echo(NO_ROWS, err=True)
        sys.exit(1)


def _size(files: Sequence[Path]) -> int:
    return sum(file.stat().st_size for file in files)


@contextmanager
def _rejects_written(path: str | None) -> Iterator[Callable[[Reject], None]]:
    """What to call with each reject, so that all of them stand in a file; without a path it does nothing."""
    if path is None:
        yield lambda reject: None
        return
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        yield lambda reject: writer.writerow([reject.line, reject.account, reject.reason])


@contextmanager
def _explained() -> Iterator[None]:
    """End the command with a sentence and its exit code where an import raises."""
    try:
        yield
    except NeedsAnswerError as error:
        if isinstance(error, UnknownLayoutError):
            click.echo(str(error), err=True)
            print_columns(error.preview)
            sys.exit(NEEDS_ANSWER)
        if isinstance(error, AlternativesError):
            values = " ".join(f'--choose "{error.code}={each.value}"' for each in error.found)
            click.echo(f"{error} {values}", err=True)
            sys.exit(NEEDS_ANSWER)
        for question in error.questions:
            hint = f" (похоже на {question.proposal})" if question.proposal else ""
            click.echo(f"{question.sentence}{hint} --{question.code}", err=True)
        sys.exit(NEEDS_ANSWER)
    except (UnreadableFileError, NotWrittenError, OSError) as error:
        raise click.ClickException(str(error)) from error
    except peewee.PeeweeException as error:  # its text may quote rows
        raise click.ClickException(f"the database failed ({reason(error)}); import again") from error


@billing_cli.command("list")
@click.option("--limit", default=50, show_default=True, help="Number of imports, newest first.")
def list_command(limit: int) -> None:
    """Show imports, newest first: number, time, state, who, file, months, what they changed."""
    with db.connection_context():
        emails = {staff.actor: staff.email for staff in Staff.select()}
        whole = ImportBatch.select().where(ImportBatch.part_of.is_null())
        for batch in whole.order_by(ImportBatch.id.desc()).limit(limit):
            months = batch.periods()
            accounts = f"+{sum(m.new_accounts for m in months)} ~{sum(m.changed_accounts for m in months)}"
            charges = f"+{sum(m.new_charges for m in months)} ~{sum(m.changed_charges for m in months)}"
            click.echo(
                f"{batch.id:>4}  {batch.created_at:%Y-%m-%d %H:%M:%S}  {batch.state:7}  "
                f"{emails.get(batch.actor, batch.actor)}  {batch.name}  "
                f"{' '.join(f'{month.period:%Y-%m}' for month in months) or '-'}  "
                f"accounts {accounts}, charges {charges}"
            )


@billing_cli.command("undo")
@click.argument("number", metavar="IMPORT")
def undo_command(number: str) -> None:
    """Undo an import; `billing list` shows its number.

    What later imports changed stays. Exit code 1 when there is nothing to undo.
    """
    with db.connection_context():
        batch = (
            ImportBatch.get_or_none(ImportBatch.id == int(number), ImportBatch.part_of.is_null())
            if number.isdecimal() and len(number) < 10
            else None
        )
        if batch is None:
            raise click.ClickException(f"there is no import {number}")
        if batch.state in ("undone", "failed", "past"):
            raise click.ClickException(f"import {number} is {batch.state}: there is nothing to undo")
        try:
            batch.order_undo("system")
            with click.progressbar(length=batch.size(), label=batch.name, file=sys.stderr) as bar:
                take_back(batch, lambda done: bar.update(done - bar.pos))
        except peewee.PeeweeException as error:
            raise click.ClickException(
                f"the database failed ({reason(error)}); billing undo {number} continues"
            ) from error
        batch = ImportBatch.get_by_id(batch.id)
        click.echo(f"import {number} is {batch.state}: {batch.taken_back} accounts and charges as before")
        _say_what_is_offered()


@billing_cli.command("withdraw")
@click.argument("period")
def withdraw_command(period: str) -> None:
    """Stop offering residents a month, until `billing offer`. Its charges stay."""
    with db.connection_context():
        month = _month(period)
        if not BillingPeriod.withdraw(month, "system"):
            known = any(m.period == month for m in all_months())
            raise click.ClickException(f"{period} {'is withdrawn already' if known else 'has no charges'}")
        _say_what_is_offered()


@billing_cli.command("offer")
@click.argument("period")
def offer_command(period: str) -> None:
    """Offer residents a withdrawn month again."""
    with db.connection_context():
        if not BillingPeriod.offer(_month(period), "system"):
            raise click.ClickException(f"{period} is not withdrawn")
        _say_what_is_offered()


def _month(text: str) -> date:
    try:
        return fields.period(text)
    except fields.FieldError:
        raise click.ClickException(f"{text} is not a month; write it as 2026-10") from None


def _say_what_is_offered() -> None:
    offered = ", ".join(f"{period:%Y-%m}" for period in latest_periods())
    click.echo(f"residents are offered: {offered or 'no month'}")
