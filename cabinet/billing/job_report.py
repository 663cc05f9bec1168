"""What a job keeps of a report for the pages of the staff, as JSON."""

from dataclasses import asdict
from datetime import date
from typing import Any

from cabinet.billing.encodings import NAMES
from cabinet.billing.errors import NeedsAnswerError
from cabinet.billing.layout import Layout
from cabinet.billing.plausibility import SAMPLES
from cabinet.billing.report import Report

EXAMPLES = 5  # rejected rows named for each reason
FENCE = 5.0  # per cent of rejected rows, above which a file is probably the wrong one
REJECTS = "rejects"  # the code by which staff accept more


def as_dict(report: Report) -> dict[str, Any]:
    """All of a report but its samples."""
    tally = report.tally
    rows = tally.accepted + tally.rejected + tally.repeated
    return {
        "accepted": report.accepted,
        "rejected": report.rejected,
        "repeated": report.repeated,
        "other": tally.blank + tally.other,
        "summed": report.summed,
        "rows": rows,
        "over": tally.rejected * 100 > FENCE * rows,
        "layout": _layout(report.layout),
        "months": [_plain(asdict(month)) for month in report.months],
        "warnings": [[warning.code, warning.sentence] for warning in report.warnings],
        "reasons": _reasons(report),
        "periods": [_plain(asdict(period)) for period in report.periods],
    }


def samples_of(report: Report) -> list[dict[str, Any]]:
    """The first rows as they will be stored, some of each month: personal data.

    Of a file with several months each row tells its own.
    """
    months = report.months[:SAMPLES]
    if not months:
        return report.listed[:SAMPLES]
    found: list[list[dict[str, Any]]] = [[] for _ in months]
    for place, kept, month in (
        (n, *pair) for n in range(SAMPLES) for pair in zip(found, months, strict=True)
    ):
        if place < len(month.samples) and sum(map(len, found)) < SAMPLES:
            told = {"period": month.period.isoformat()} if len(months) > 1 else {}
            kept.append({**told, **month.samples[place]})
    return [row for rows in found for row in rows]


def questions_of(error: NeedsAnswerError) -> dict[str, Any]:
    """What a file lacks and staff are asked; of several files also which one."""
    questions = [question._asdict() for question in error.questions]
    if len(questions) == 1:
        questions[0]["sentence"] = str(error)
    return {"questions": questions}


def _layout(layout: Layout) -> dict[str, Any]:
    return {
        "format": layout.format,
        "encoding": NAMES.get(layout.encoding, layout.encoding),
        "taken": [[_line(title), field] for title, field in layout.taken],
        "doubles": [[_line(title), _line(better)] for title, better in layout.doubles],
        "left_out": layout.left_out,
        "ignored": [_line(title) for title in layout.ignored],
    }


def _reasons(report: Report) -> list[dict[str, Any]]:
    """The rejects by reason, most frequent first, each with its number and a few examples."""
    return [
        {
            "reason": reason,
            "rows": rows,
            "examples": [[r.line, r.account] for r in report.rejects if r.reason == reason][:EXAMPLES],
        }
        for reason, rows in sorted(report.reasons.items(), key=lambda item: -item[1])
    ]


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Without samples, and dates as text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if name != "samples"
    }


def _line(title: str) -> str:
    return " ".join(title.split())
