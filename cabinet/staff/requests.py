"""The list of connection requests."""

from flask import abort, request
from flask_babel import gettext as _
from peewee import ModelSelect
from werkzeug.wrappers import Response

from cabinet.models.desk_figures import overdue
from cabinet.models.request import STATES, ConnectionRequest
from cabinet.models.request_note import RequestNote, Unread
from cabinet.models.request_search import find
from cabinet.models.staff import Staff
from cabinet.staff.bulk_form import BulkForm
from cabinet.staff.guard import bp, current_staff, record, show
from cabinet.staff.paging import PAGE, Page, page_of
from cabinet.staff.search import ALL
from cabinet.web import session_keys as keys
from cabinet.web.flow import flashed, form_for_get
from cabinet.web.sessions import session


@bp.get("/requests")
@bp.get("/requests/<state>")
def requests(form: BulkForm | None = None, *, state: str = "new", **_asked: str) -> Response:
    """Requests of one state, of all, one's own, or those found; latest first, or longest waiting."""
    names, who = staff_names(), request.args.get("who", "")
    who = who if state == "all" and who in names else ""  # a member's of one state have no index
    query, more = _chosen(state, who)
    oldest = request.args.get("sort") == "oldest"
    if state in FEW:
        page = Page(FEW[state](), "", True)
    else:
        page = page_of(query, ConnectionRequest.created_at, ConnectionRequest.number, ascending=oldest)
    record("requests-listed", shown=[row.number for row in page.rows])
    return show(
        "requests.html",
        page=page,
        searched=ALL.query if state == "found" else "",
        more=more,
        state=state,
        tabs=_tabs(),
        states=state_names(),
        names=names,
        sort="oldest" if oldest else None,
        sortable=state not in FEW,
        who=who,
        notice=flashed(),
        form=form or _form(),
        marks=RequestNote.last_of([row.id for row in page.rows]),
        colleagues=[(one.id, one.shown) for one in Staff.at_work()],
    )


def _form() -> BulkForm:
    """The form around the list; with what was wrong, once."""
    form = form_for_get(BulkForm)
    if form.errors or form.form_errors:
        session.pop(keys.REJECTED)  # or each list that is looked at would say so
    return form


def _chosen(state: str, who: str) -> "tuple[ModelSelect[ConnectionRequest], bool]":
    """The requests of a list, those of the member of staff `who` if given; whether some are left out."""
    query = ConnectionRequest.select()
    if state == "found":
        found = find(ALL.query)
        return query.where(ConnectionRequest.id.in_(found.keys)), found.more
    if state in STATES:
        return query.where(ConnectionRequest.state == state), False
    if state == "mine" or who:
        return query.where(ConnectionRequest.assignee == (who or current_staff().id)), False
    if state not in ("all", *FEW):
        abort(404)
    return query, False


def _answered() -> list[ConnectionRequest]:
    """Requests whose residents wrote what nobody has taken up yet, longest waiting first."""
    waiting = ConnectionRequest.select().join(Unread, on=Unread.request == ConnectionRequest.id)
    return list(waiting.order_by(Unread.at).limit(PAGE))


def _overdue() -> list[ConnectionRequest]:
    return overdue(PAGE)


FEW = {"answered": _answered, "overdue": _overdue}  # lists of one page


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


def staff_names() -> dict[str, str]:
    """The names of all members of staff, by their keys."""
    return {staff.id: staff.shown for staff in Staff.select()}
