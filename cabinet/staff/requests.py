"""The list of connection requests."""

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models.request_note import RequestNote
from cabinet.models.staff import Staff
from cabinet.staff.bulk_form import BulkForm
from cabinet.staff.guard import bp, record, show
from cabinet.staff.names import staff_names
from cabinet.staff.presence import who_else
from cabinet.staff.request_filter import FEW, Sought
from cabinet.staff.search import ALL
from cabinet.staff.unsent import half_written
from cabinet.web import session_keys as keys
from cabinet.web.flow import flashed, form_for_get
from cabinet.web.sessions import session


@bp.get("/requests")
@bp.get("/requests/<state>")
def requests(form: BulkForm | None = None, *, state: str = "new", **_asked: str) -> Response:
    """Requests of one state, of all, one's own, or those found: those that the address asks for."""
    names = staff_names()
    sought = Sought.asked(state, names)
    page = sought.page()
    record("requests-listed", shown=[row.number for row in page.rows])
    return show(
        "requests.html",
        page=page,
        searched=ALL.query if state == "found" else "",
        more=state == "found" and sought.found.more,
        order=None if state in FEW else sought.order,
        state=state,
        sought=sought,
        tabs=_tabs(),
        states=state_names(),
        names=names,
        members=sorted(names.items(), key=lambda one: one[1]),
        notice=flashed(),
        form=form or _form(state),
        others=who_else(),
        marks=RequestNote.last_of([row.id for row in page.rows]),
        colleagues=[(one.id, one.shown) for one in Staff.at_work()],
    )


def _form(state: str) -> BulkForm:
    """The form around the list; with what was wrong, once."""
    form = form_for_get(BulkForm, **half_written("act_on_requests", state=state))
    if form.errors or form.form_errors:
        session.pop(keys.REJECTED)  # or each list that is looked at would say so
    return form


def state_names() -> dict[str, str]:
    """The names of the states."""
    return {"new": _("Новая"), "in_work": _("В работе"), "done": _("Выполнена"), "refused": _("Отклонена")}


def _tabs() -> list[tuple[str, str]]:
    return [
        ("new", _("Новые")),
        ("in_work", _("В работе")),
        ("mine", _("Мои")),
        ("answered", _("Ждут ответа")),
        ("overdue", _("Просрочены")),
        ("done", _("Выполнены")),
        ("refused", _("Отклонены")),
        ("all", _("Все")),
    ]
