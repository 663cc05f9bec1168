"""The columns of files that nobody knows: what staff say of them, change and forget."""

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.billing.mapping import said
from cabinet.models.base import now
from cabinet.models.column_map import ColumnMap
from cabinet.models.import_job import ImportJob
from cabinet.staff.column_forms import columns_form, shown_of
from cabinet.staff.guard import bp, current_staff, get_or_404
from cabinet.staff.import_card import decided, import_card, is_seen
from cabinet.staff.unsent import COLUMN, keeps
from cabinet.web.flow import advance, flash, reject
from cabinet.web.security import client_address


@bp.post("/import/<job_id>/columns")
@keeps("import_card", COLUMN, "check")
def name_columns(job_id: str) -> Response:
    """Check the file again by what was chosen for its columns."""
    job = get_or_404(ImportJob, ImportJob.id == job_id)
    shown = shown_of(job)
    if shown is None or not is_seen(job):
        return decided(job, "import-columns-named", lambda: False)
    form = columns_form(job, shown)()
    if not form.validate():
        return reject(import_card, form)
    told = {
        "titles": list(shown.titles),
        "columns": said(shown, form.chosen()),
        "by": current_staff().actor,
        "at": now().isoformat(),
        "saved": False,
    }
    return decided(
        job, "import-columns-named", lambda: job.answer_layout(shown.key, told), columns=told["columns"]
    )


@bp.post("/import/<job_id>/columns/<key>/change")
def change_columns(job_id: str, key: str) -> Response:
    """Have the file checked again and be asked about its columns."""
    job = get_or_404(ImportJob, ImportJob.id == job_id)
    told = job.said.get(key) or abort(404)
    return decided(
        job, "import-columns-doubted", lambda: job.answer_layout(key, {**told, "ask": True, "saved": False})
    )


@bp.post("/columns/<key>/forget")
def forget_columns(key: str) -> Response:
    """Ask the next time; files that were checked already go in as they were checked."""
    if not ColumnMap.forget(key, current_staff().actor, client_address()):
        flash(_("Эту раскладку уже удалили."))
    job = ImportJob.get_or_none(ImportJob.id == request.form.get("job", ""))
    return advance("staff.import_card", job_id=job.id) if job else advance("staff.imports")
