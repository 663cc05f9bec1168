"""Billing files: upload, check, import by the worker; progress and history."""

import errno
import logging
from contextlib import nullcontext, suppress
from tempfile import TemporaryFile
from typing import IO, Any

from flask import Response, abort, g, request
from flask_babel import gettext as _
from peewee import OperationalError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Response as BaseResponse

from cabinet import fields
from cabinet.billing.folder import folder
from cabinet.billing.uploads import keep
from cabinet.models.account import newest
from cabinet.models.base import new_id
from cabinet.models.billing_period import BillingPeriod, all_months, ordinary, possible
from cabinet.models.database import db
from cabinet.models.import_job import ImportJob
from cabinet.staff.column_forms import saved_layouts
from cabinet.staff.guard import bp, current_staff, record, show, signed_in
from cabinet.staff.import_card import state_names
from cabinet.staff.paging import page_of
from cabinet.staff.sorting import Order
from cabinet.web.errors import broken, http_error
from cabinet.web.flow import advance, flash, flashed
from cabinet.web.security import client_address

log = logging.getLogger(__name__)

LARGEST = 1024**3  # bytes of a file
AROUND = 64 * 1024  # bytes that the form adds to its file
SHOWN_MONTHS = 12


class ParserToDisk(FormDataParser):
    """Writes a file that comes to the disk on which it is to stay: the system's own may be memory."""

    def __init__(self, _stream_factory: object = None, **limits: Any) -> None:
        limits.pop("stream_factory", None)
        super().__init__(_file_on_disk, **limits)


def _file_on_disk(*_told: Any, **_told_by_name: Any) -> IO[bytes]:
    return TemporaryFile("w+b", dir=folder())


@bp.url_value_preprocessor
def let_large_files_in(endpoint: str | None, _values: object) -> None:
    """Before anything reads the body: only staff may send a large one, and only here."""
    if endpoint == "staff.submit_import" and signed_in():
        request.max_content_length = LARGEST + AROUND
        request.form_data_parser_class = ParserToDisk


@bp.errorhandler(RequestEntityTooLarge)
def refuse_too_large(error: RequestEntityTooLarge) -> BaseResponse:
    """Say what to do, in the staff's page. Told by Content-Length, before any of the file is read."""
    g.staff = signed_in()
    if request.endpoint != "staff.submit_import" or g.staff is None:
        return http_error(error)
    response = imports(refused="too_large")
    response.status_code = 413
    return response


@bp.errorhandler(OSError)
def refuse_what_cannot_be_kept(error: OSError) -> BaseResponse:
    """Say so in the staff's page: the disk is full, or the folder is away."""
    g.staff = signed_in()
    if request.endpoint != "staff.submit_import" or g.staff is None:
        return broken(error)
    log.error("a billing file cannot be kept in IMPORTS_FOLDER: %s", errno.errorcode.get(error.errno or 0))
    response = imports(refused="not_kept")
    response.status_code = 503
    return response


@bp.get("/imports")
def imports(refused: str = "") -> Response:
    """The upload and the history."""
    order = Order.asked("-created")
    page = page_of(ImportJob.select(), ImportJob.created_at, ImportJob.id, order.is_ascending)
    with suppress(OperationalError) if refused == "not_kept" else nullcontext():  # of the same disk, perhaps
        record("imports-listed", shown=[row.id for row in page.rows])
    months = all_months()
    return show(
        "imports.html",
        page=page,
        order=order,
        states=state_names(),
        notice=flashed(),
        saved=saved_layouts(),
        months=months[:SHOWN_MONTHS],
        enough=ordinary(possible(months)),
        offered=newest(months),
        largest=LARGEST,
        refused=refused,
    )


@bp.post("/imports")
def submit_import() -> BaseResponse:
    """Keep the file on disk and let the worker check it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("Выберите файл."))
        return advance("staff.imports")
    job = ImportJob(id=new_id(), staff=current_staff().id, name=file.filename[-255:])
    keep(job, file)
    with db.atomic():
        job.save(force_insert=True)
        record("import-uploaded", job.id, size=job.size)
    return advance("staff.import_card", job_id=job.id)


@bp.post("/period/<period>/<any(withdraw, offer):what>")
def change_period(period: str, what: str) -> BaseResponse:
    """Stop offering residents a month, or offer it again."""
    try:
        month = fields.period(period)
    except fields.FieldError:
        abort(404)
    change = BillingPeriod.withdraw if what == "withdraw" else BillingPeriod.offer
    if not change(month, current_staff().actor, client_address()):
        flash(_("Этот месяц уже изменили."))
    return advance("staff.imports")
