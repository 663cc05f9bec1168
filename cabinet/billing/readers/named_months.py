"""Compares the months that files, and lines above tables, name with those they are to be charged for."""

import re
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from cabinet.billing.errors import BillingWarning, NeedsAnswerError
from cabinet.billing.layout import Layout
from cabinet.billing.readers.sheet_months import Months, is_of, months_of
from cabinet.billing.source import Source

SPACED = re.compile(
    r"(?<![0-9])(?<![0-9][ _.-])(0[1-9]|1[0-2])[ _](20[0-9]{2})(?![0-9])"
)  # «10 2026», no day
OTHER = (
    "other-month",
    "В названии файла или над таблицей назван месяц {named}, а загрузится файл за {period}. Тот ли это файл?",
)
TAKEN = "К оплате взят столбец «{title}», а загрузится файл за {period}. Тот ли это месяц?"
EACH = (
    "file-months",
    "Столбца с месяцем в файлах нет, и каждый взят за тот, который назван в нём или в его имени: {files}. "
    "Проверьте, что это расчётные месяцы.",
)


def of_name(source: Source) -> Months:
    """The months in the name of a file, and in those of the archives around it."""
    parts = PurePath(source.name or source.path.name).parts
    return set().union(*(months_of(SPACED.sub(r"\1.\2", PurePath(part).stem), ()) for part in parts))


def asked(error: NeedsAnswerError, source: Source) -> NeedsAnswerError:
    """The question for the month of a file, with what its name proposes where nothing else does."""
    question = error.questions[0]
    found = whole(of_name(source))
    if question.code == "period" and not question.proposal and len(error.questions) == 1 and found:
        error.questions = (question._replace(proposal=f"{found:%Y-%m}"),)
    return error


def whole(months: Months) -> date | None:
    """The only month among these, if its year is known."""
    found = {date(year, month, 1) for year, month in months if year}
    return found.pop() if len(found) == 1 and len(months) == 1 else None


def doubted(layout: Layout, source: Source) -> Layout:
    """The layout of a file without a column of months, with a warning if it names another than staff did."""
    period = source.answers.period
    if period is None or layout.has("period") or not layout.has_amounts:
        return layout
    if title := _of_another(layout, period):
        sentence = TAKEN.format(title=title, period=f"{period:%m.%Y}")
        return replace(layout, warnings=(*layout.warnings, BillingWarning(OTHER[0], sentence)))
    above = {(layout.hint.year, layout.hint.month)} if layout.hint and not layout.unnamed_services else set()
    named = above or of_name(source)
    if is_of(named, period):
        return layout
    months = ", ".join(f"{month:02}.{year}" if year else f"{month:02}" for year, month in sorted(named))
    code, sentence = OTHER
    warning = BillingWarning(code, sentence.format(named=months, period=f"{period:%m.%Y}"))
    return replace(layout, warnings=(*layout.warnings, warning))


def _of_another(layout: Layout, period: date) -> str:
    """The title of the sum that is taken, if it names another month; "" if it does not."""
    name = "amount_due" if "amount_due" in layout.columns else "amount_charged"
    place = layout.place(name)
    title = " ".join(layout.titles[place].split()) if place is not None and place < len(layout.titles) else ""
    return "" if is_of(months_of("", [title]), period) else title


def proposed(error: NeedsAnswerError) -> date | None:
    """The month that is proposed for a file; None if something else is asked, or nothing is proposed."""
    question = error.questions[0]
    if question.code != "period" or not question.proposal:
        return None
    return date.fromisoformat(f"{question.proposal}-01")


def told(names: list[str], months: list[date]) -> BillingWarning:
    """The warning that each of several files was taken for a month of its own."""
    code, sentence = EACH
    files = ", ".join(f"«{name}» — {month:%m.%Y}" for name, month in zip(names, months, strict=True))
    return BillingWarning(code, sentence.format(files=files))
