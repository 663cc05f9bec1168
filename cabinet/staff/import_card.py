"""One billing file: what its check found, what staff decide about it, what came of it."""

import csv
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import abort, request
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.billing.batches import AMOUNTS, TEXTS
from cabinet.billing.layout import WORDS
from cabinet.billing.uploads import discard, rejects_of
from cabinet.forms.base import StepForm
from cabinet.models.account import latest_periods
from cabinet.models.column_map import ColumnMap
from cabinet.models.database import db
from cabinet.models.import_batch import ImportBatch
from cabinet.models.import_job import ImportJob
from cabinet.staff.column_forms import (
    ColumnsForm,
    columns_form,
    fields_to_choose,
    proposed,
    shown_of,
    told_layouts,
)
from cabinet.staff.confirmation import needs_confirmation
from cabinet.staff.exports import csv_lines
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.import_forms import DecisionForm, PeriodForm, decision_form, plausible_months
from cabinet.staff.unsent import half_written
from cabinet.web.flow import advance, by_htmx, flash, flashed, form_for_get, in_place_of, reject
from cabinet.web.security import client_address


@bp.get("/import/<job_id>")
def import_card(form: StepForm | None = None, *, job_id: str) -> Response:
    """One file: what the check found, how far the import is, what it did."""
    job = get_or_404(ImportJob, ImportJob.id == job_id)
    if job.pending and "follow" in request.args and by_htmx():
        return _work(job)
    record("import-seen", job.id)
    batch = ImportBatch.of_job(job.id)
    months = batch.periods() if batch and batch.state == "done" else []
    fresh = [month.period for month in months if month.fresh]
    return show(
        "import.html",
        job=job,
        months=months,
        leaving=[period for period in latest_periods() if period in fresh],
        states=state_names(),
        notice=flashed(),
        told=told_layouts(job),
        words={"printed": WORDS["account"]} | {name: WORDS[name] for name in ("period", *TEXTS, *AMOUNTS)},
        amounts=AMOUNTS,
        alternatives=alternatives_of(job),
        **_forms(job, form),
    )


def _forms(job: ImportJob, form: StepForm | None) -> dict[str, Any]:
    """The forms of the card, one of them just rejected, and what they let staff choose."""
    shown = shown_of(job)
    decision = form if isinstance(form, DecisionForm) else form_for_get(decision_form(job))
    period = form if isinstance(form, PeriodForm) else form_for_get(PeriodForm)
    columns = None
    if shown:
        kept = half_written("name_columns", ("check", checked_at(job)), job_id=job.id)
        said = {**proposed(job, shown), **kept}
        columns = form_for_get(columns_form(job, shown), **said)
    if isinstance(form, ColumnsForm):
        columns = form
    return {
        "form": columns or (period if period.errors else decision),
        "decision": decision,
        "period_form": period,
        "columns_form": columns,
        "fields_to_choose": fields_to_choose(),
        "months_to_choose": [
            (f"{month:%Y-%m}", format_date(month, "LLLL yyyy")) for month in plausible_months()
        ],
    }


def _work(job: ImportJob) -> Response:
    """How far the work is, for the open page to put in its place; what comes when it is over is the card."""
    return in_place_of("#work", show("_import_work.html", job=job, states=state_names()))


@bp.post("/import/<job_id>/run")
def run_import(job_id: str) -> Response:
    """Import what was checked, in spite of what is ticked."""
    job = get_or_404(ImportJob, ImportJob.id == job_id)
    form = decision_form(job)()
    if job.state == "checked" and is_seen(job) and not form.validate():
        return reject(import_card, form)
    accepted = form.accepted()
    return decided(job, "import-ordered", lambda: _order_run(job, accepted), accept=accepted)


def _order_run(job: ImportJob, accepted: list[str]) -> bool:
    """Let it be imported, and save for the next month what was said of its columns."""
    with db.atomic():
        ordered = job.order_run(accepted)
        for key, said in job.said.items() if ordered else ():
            if not said["saved"]:
                ColumnMap.keep(key, said, current_staff().actor, client_address())
        return ordered


@bp.post("/import/<job_id>/period")
def answer_import(job_id: str) -> Response:
    """Check the file again as that of the month named."""
    job, form = get_or_404(ImportJob, ImportJob.id == job_id), PeriodForm()
    good = form.validate()
    if not good and job.undecided and is_seen(job):
        return reject(import_card, form)
    month = form.period.value
    return decided(job, "import-answered", lambda: good and job.answer(month), period=str(month))


def alternatives_of(job: ImportJob) -> list[dict[str, Any]]:
    """The possible answers that the file itself has to what is asked about it."""
    shown = job.samples if job.state == "asking" and isinstance(job.samples, dict) else {}
    return list(shown.get("alternatives", ()))


@bp.post("/import/<job_id>/choose")
def choose_alternative(job_id: str) -> Response:
    """Check the file again by one of the answers that it has itself."""
    job, value = get_or_404(ImportJob, ImportJob.id == job_id), request.form.get("value", "")
    offered = value in [each["value"] for each in alternatives_of(job)]
    code = job.report["questions"][0]["code"] if offered else ""
    return decided(
        job, "import-answered", lambda: offered and job.choose(code, value), **{code or "value": value}
    )


@bp.post("/import/<job_id>/drop")
def drop_import(job_id: str) -> Response:
    """Do not import it; the file goes."""
    job = get_or_404(ImportJob, ImportJob.id == job_id)
    answer = decided(job, "import-dropped", job.drop)
    if ImportJob.get_by_id(job.id).state == "failed":
        discard(job)
    return answer


def is_seen(job: ImportJob) -> bool:
    """Whether the page that was pressed showed the check that the job has now."""
    return job.finished_at is not None and request.form.get("check") == checked_at(job)


def checked_at(job: ImportJob) -> str:
    """When the job was checked last, as its forms say it."""
    return job.finished_at.isoformat() if job.finished_at else ""


def decided(job: ImportJob, action: str, decide: Callable[[], bool], **detail: object) -> Response:
    """Carry out a decision, or say that somebody else was first."""
    if is_seen(job) and decide():
        record(action, job.id, **detail)
    else:
        flash(
            _("Пока страница была открыта, с этим файлом уже что-то сделали. Посмотрите, что с ним сейчас.")
        )
    return advance("staff.import_card", job_id=job.id)


@bp.get("/import/<job_id>/rejects")
@needs_confirmation
def import_rejects(job_id: str) -> Response:
    """All rows that the check rejected, as CSV, as long as the file waits for a decision."""
    job = get_or_404(ImportJob, ImportJob.id == job_id)
    path = rejects_of(job)
    if not job.undecided or not path.exists():
        abort(404)
    record("import-rejects-downloaded", job.id)
    head = (_("Строка"), _("Лицевой счёт"), _("Причина"))
    answer = Response(csv_lines(head, lambda: _rows(path)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=rejects.csv"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _rows(path: Path) -> Iterator[tuple[str, ...]]:
    """None once the file is decided on: the list goes with it."""
    with suppress(FileNotFoundError), path.open(encoding="utf-8", newline="") as file:
        yield from map(tuple, csv.reader(file))


@bp.post("/import/<job_id>/undo")
def undo_import(job_id: str) -> Response:
    """Let the worker take the import back."""
    job = get_or_404(ImportJob, ImportJob.id == job_id)
    batch = ImportBatch.of_job(job.id)
    with db.atomic():
        ordered = batch is not None and batch.order_undo(current_staff().actor)
        if ordered:
            record("import-undo-ordered", job.id)
    if not ordered:
        flash(_("Эту загрузку уже отменяют или отменили."))
    return advance("staff.import_card", job_id=job.id)


def state_names() -> dict[str, str]:
    """The states in words."""
    return {
        "checking": _("Проверяем"),
        "asking": _("Нужен ваш ответ"),
        "checked": _("Проверен"),
        "running": _("Загружаем"),
        "done": _("Загружен"),
        "failed": _("Не загружен"),
        "undoing": _("Отменяем загрузку"),
        "undone": _("Загрузка отменена"),
    }
