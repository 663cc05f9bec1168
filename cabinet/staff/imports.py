"""Billing files: upload, check, import by the worker; progress and history."""

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from cabinet import fields
from cabinet.billing.jobs import keep
from cabinet.models.account import latest_periods
from cabinet.models.base import new_id
from cabinet.models.billing_period import BillingPeriod, all_months, ordinary, recent_months
from cabinet.models.database import db
from cabinet.models.import_job import ImportJob
from cabinet.staff.guard import bp, current_staff, record, show, signed_in
from cabinet.staff.import_card import state_names
from cabinet.staff.paging import page_of
from cabinet.web.flow import advance, flash, flashed
from cabinet.web.security import client_address

LARGEST = 200 * 1024 * 1024
SHOWN_MONTHS = 12


@bp.url_value_preprocessor
def let_large_files_in(endpoint: str | None, _values: object) -> None:
    """Before anything reads the body: only staff may send a large one, and only here."""
    if endpoint == "staff.submit_import" and signed_in():
        request.max_content_length = LARGEST


@bp.get("/imports")
def imports() -> Response:
    """The upload and the history."""
    page = page_of(ImportJob.select(), ImportJob.created_at, ImportJob.id)
    record("imports-listed", shown=[row.id for row in page.rows])
    months, enough = all_months()[:SHOWN_MONTHS], ordinary(recent_months())
    offered = latest_periods()
    return show(
        "imports.html",
        page=page,
        states=state_names(),
        notice=flashed(),
        months=months,
        enough=enough,
        offered=offered,
    )


@bp.post("/imports")
def submit_import() -> Response:
    """Keep the file on disk and let the worker check it."""
    try:
        file = request.files.get("file")
    except RequestEntityTooLarge:
        abort(413)
    if file is None or not file.filename:
        flash(_("Выберите файл."))
        return advance("staff.imports")
    job = ImportJob(id=new_id(), staff=current_staff().id, name=file.filename[-255:].replace("\0", ""))
    keep(job, file)
    with db.atomic():
        job.save(force_insert=True)
        record("import-uploaded", job.id, size=job.size)
    return advance("staff.import_card", job_id=job.id)


@bp.post("/period/<period>/<any(withdraw, offer):what>")
def change_period(period: str, what: str) -> Response:
    """Stop offering residents a month, or offer it again."""
    try:
        month = fields.period(period)
    except fields.FieldError:
        abort(404)
    change = BillingPeriod.withdraw if what == "withdraw" else BillingPeriod.offer
    if not change(month, current_staff().actor, client_address()):
        flash(_("Этот месяц уже изменили."))
    return advance("staff.imports")
