"""Makes one request of two of the same person, after a question."""

from flask import abort
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import StringField

from cabinet.forms.base import StepForm
from cabinet.models.request import ConnectionRequest
from cabinet.models.request_merging import may_merge, merge
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.request_card import entry_seen
from cabinet.staff.requests import state_names
from cabinet.web.flow import advance, flash
from cabinet.web.security import client_address


class MergeForm(StepForm):
    """The last entries of both histories that the question showed."""

    seen = StringField()
    other_seen = StringField()


@bp.get("/request/<number>/merge/<other>")
def merge_question(number: str, other: str) -> Response:
    """Both requests beside each other, and what becomes of them."""
    kept, joined = (get_or_404(ConnectionRequest, ConnectionRequest.number == one) for one in (number, other))
    if not may_merge(kept, joined):
        abort(404)
    record("request-seen", number, shown=[number, other])
    seen = {"seen": kept.last_entry(), "other_seen": joined.last_entry()}
    return show("merge.html", kept=kept, joined=joined, states=state_names(), **seen)


@bp.post("/request/<number>/merge/<other>")
def merge_requests(number: str, other: str) -> Response:
    """Merge them, unless either has changed since it was shown."""
    form = MergeForm()
    seen, other_seen = entry_seen(form.seen.data), entry_seen(form.other_seen.data)
    if form.validate() and merge(number, other, current_staff(), client_address(), seen, other_seen):
        flash(_("Заявка № %(other)s теперь часть этой.", other=other), "done")
    else:
        flash(_("Заявки изменились, пока вы смотрели, и остались как есть. Проверьте их ещё раз."), "warn")
    return advance("staff.request_card", number=number)
