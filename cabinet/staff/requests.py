"""Connection requests: the list, one request and the actions on it."""

from flask import abort, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models import casework
from cabinet.models.account import Account
from cabinet.models.request import STATES, ConnectionRequest
from cabinet.models.request_search import find
from cabinet.models.staff import Staff
from cabinet.receipts import store
from cabinet.staff.forms import NoteForm, ReplyForm, StateForm
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.paging import PAGE, Page, page_of
from cabinet.staff.search import REQUESTS
from cabinet.web.flow import advance, flash, flashed, form_for_get, reject
from cabinet.web.security import client_address

ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}


@bp.get("/requests")
@bp.get("/requests/<state>")
def requests(state: str = "new") -> Response:
    """Requests of one state, of all, one's own, or those found; latest first."""
    query = ConnectionRequest.select()
    if state in STATES:
        query = query.where(ConnectionRequest.state == state)
    elif state == "mine":
        query = query.where(ConnectionRequest.assignee == current_staff().id)
    elif state not in ("all", "found"):
        abort(404)
    page = (
        Page(find(REQUESTS.query, PAGE), "", True)
        if state == "found"
        else page_of(query, ConnectionRequest.created_at, ConnectionRequest.number)
    )
    record("requests-listed", shown=[row.number for row in page.rows])
    return show(
        "requests.html",
        page=page,
        search=REQUESTS.form(),
        state=state,
        tabs=_tabs(),
        states=state_names(),
        names=_names(),
        notice=flashed(),
    )


@bp.post("/requests")
def submit_requests() -> Response:
    """Search; what is searched for is personal and stays out of addresses."""
    REQUESTS.submit()
    return advance("staff.requests", state="found")


@bp.get("/request/<number>")
def request_card(form: NoteForm | ReplyForm | None = None, *, number: str) -> Response:
    """One request with its history."""
    found = get_or_404(ConnectionRequest, ConnectionRequest.number == number)
    record("request-seen", found.number)
    note_form = form if isinstance(form, NoteForm) else form_for_get(NoteForm)
    reply_form = (
        form
        if isinstance(form, ReplyForm)
        else form_for_get(ReplyForm, lane="mail" if found.email else "sms")
    )
    notes = found.notes()
    matched = Account.get_or_none(Account.number == found.matched_account) if found.matched_account else None
    return show(
        "request.html",
        item=found,
        notes=notes,
        seen=notes[-1].id if notes else 0,
        ways=casework.WAYS[found.state],
        form=reply_form if reply_form.errors or reply_form.form_errors else note_form,
        note_form=note_form,
        reply_form=reply_form,
        states=state_names(),
        names=_names(),
        matched=matched,
        next_number=casework.next_after(found),
        notice=flashed(),
    )


@bp.post("/request/<number>/state")
def move_request(number: str) -> Response:
    """Take into work, finish, refuse, open again."""
    found, form = get_or_404(ConnectionRequest, ConnectionRequest.number == number), StateForm()
    if not form.validate() or not casework.move(
        found, str(form.state.data), current_staff(), client_address(), _seen(form)
    ):
        flash(_("Состояние заявки уже изменили. Проверьте, что с ней сейчас."))
    return advance("staff.request_card", number=number)


@bp.post("/request/<number>/note")
def note_request(number: str) -> Response:
    """Add a note that only staff see."""
    found, form = get_or_404(ConnectionRequest, ConnectionRequest.number == number), NoteForm()
    if not form.validate():
        return reject(request_card, form)
    casework.write_note(found, form.text.data, current_staff(), client_address())
    return advance("staff.request_card", number=number)


@bp.post("/request/<number>/reply")
def reply_request(number: str) -> Response:
    """Send a reply to the resident."""
    found, form = get_or_404(ConnectionRequest, ConnectionRequest.number == number), ReplyForm()
    if not form.validate():
        return reject(request_card, form)
    words, lane, state = form.reply.data, form.lane.data, form.state.data
    try:
        casework.answer(found, words, lane, current_staff(), client_address(), state=state, seen=_seen(form))
    except casework.ChangedError:
        form.form_errors.append(_("Пока вы писали, заявка изменилась: см. историю. Ответить всё равно?"))
        return reject(request_card, form)
    flash(_("Ответ отправлен."))
    return advance("staff.request_card", number=number)


def _seen(form: StateForm | ReplyForm) -> int:
    """The last entry that the page showed."""
    typed = form.seen.data or ""
    return int(typed) if typed.isdecimal() and len(typed) < 19 else -1


@bp.get("/request/<number>/receipt")
def request_receipt(number: str) -> Response:
    """The file that came with the request: to keep, never to be shown by the browser in place."""
    found = get_or_404(ConnectionRequest, ConnectionRequest.number == number)
    try:
        path = store.find(found.receipt)
    except FileNotFoundError:
        abort(404)
    record("receipt-downloaded", found.number)
    answer = send_file(
        path,
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=f"{found.number}{ENDINGS.get(found.receipt_type, '')}",
        max_age=None,
        conditional=False,
        etag=False,
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return answer


def state_names() -> dict[str, str]:
    """The names of the states."""
    return {"new": _("Новая"), "in_work": _("В работе"), "done": _("Выполнена"), "refused": _("Отклонена")}


def _tabs() -> list[tuple[str, str]]:
    return [
        ("new", _("Новые")),
        ("in_work", _("В работе")),
        ("mine", _("Мои")),
        ("done", _("Выполнены")),
        ("refused", _("Отклонены")),
        ("all", _("Все")),
    ]


def _names() -> dict[str, str]:
    return {staff.id: staff.email for staff in Staff.select()}
