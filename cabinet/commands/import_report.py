"""Prints what an import of billing did, or would do."""

import click

from cabinet.billing.encodings import NAMES
from cabinet.billing.report import MonthCheck, Report

SHOWN = 20  # rejected rows printed


def print_report(report: Report) -> None:
    """Print a report: what was understood on stdout, what keeps the file out on stderr."""
    _print_layout(report)
    for month in report.months:
        _print_month(month)
    for period in report.periods:
        click.echo(
            f"{period.period:%Y-%m}: accounts +{period.new_accounts} ~{period.changed_accounts}, "
            f"charges +{period.new_charges} ~{period.changed_charges} ={period.unchanged_charges}"
        )
    click.echo(f"accepted {report.accepted}, repeated {report.repeated}, rejected {report.rejected}")
    for reason, rows in sorted(report.reasons.items(), key=lambda item: -item[1]):
        click.echo(f"  {rows} × {reason}")
    for reject in report.rejects[:SHOWN]:
        click.echo(f"  line {reject.line}, account {reject.account or '-'}: {reject.reason}")
    if report.rejected > SHOWN:
        click.echo(f"  … and {report.rejected - SHOWN} more; --rejects FILE writes them all")
    if report.batch:
        click.echo(f"import {report.batch}; billing undo {report.batch} takes it back")
    for warning in report.unanswered:
        click.echo(f"{warning.sentence} --accept {warning.code}", err=True)
    if report.refused:
        click.echo(report.refused + " Ничего не загружено.", err=True)
    if report.dry_run:
        click.echo("Dry run: nothing was changed.")


def _print_layout(report: Report) -> None:
    layout = report.layout
    encoding = f", {NAMES.get(layout.encoding, layout.encoding)}" if layout.encoding else ""
    click.echo(f"{layout.format}{encoding}")
    for name in layout.left_out:
        click.echo(f"  not a table, not taken: {name}")
    taken = ", ".join(f"{' '.join(title.split())} → {field}" for title, field in layout.taken)
    click.echo(f"columns: {taken}")
    for title, better in layout.doubles:
        click.echo(f"  not taken: {' '.join(title.split())} (instead: {' '.join(better.split())})")
    for title in layout.ignored:
        click.echo(f"  not taken: {' '.join(title.split())}")


def _print_month(month: MonthCheck) -> None:
    before = ""
    if month.before:
        before = f" ({month.before:%Y-%m}: {month.before_accounts}, {month.before_total / 100:.2f})"
    click.echo(f"{month.period:%Y-%m}: {month.accounts} accounts, {month.total / 100:.2f} in all{before}")
    for word, part, whole in (
        ("new accounts", month.new, month.accounts),
        ("missing accounts", month.missing, month.before_accounts),
        ("changed sums", month.changed_sums, month.compared_sums),
        ("changed addresses", month.changed_addresses, month.compared_addresses),
    ):
        if part:
            click.echo(f"  {word}: {part} ({part * 100 / whole:.1f} %)")
