"""The page of one connection request, and what staff do on it.

All that can be pressed there sends one form, so whatever is pressed, the server sees and keeps what else was
typed (`typed.py`).
"""

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.forms.sent_file import FILE_MESSAGES, LARGEST_BODY
from cabinet.models import casework, on_second_thought, presence, request_merging
from cabinet.models.account import Account
from cabinet.models.database import db
from cabinet.models.reply_template import ReplyTemplate
from cabinet.models.request import ConnectionRequest
from cabinet.models.request_note import TAKEN_BACK, RequestNote, Unread
from cabinet.models.staff import Staff
from cabinet.receipts import store
from cabinet.receipts.validation import MOST_BYTES
from cabinet.staff import typed
from cabinet.staff.forms import WorkForm
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show, signed_in
from cabinet.staff.names import staff_names
from cabinet.staff.presence import who_else
from cabinet.staff.preview import preview_of
from cabinet.staff.requests import state_names
from cabinet.web.flow import advance, flash, flashed, reject
from cabinet.web.security import client_address

COMPARING = ("staff.reply_request", "staff.move_request", "staff.hand_request_over")  # with what was shown


@bp.url_value_preprocessor
def let_files_in(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """Whatever is pressed on a request's page may bring the file that was chosen there."""
    if request.method == "POST" and "number" in (values or {}) and signed_in():
        request.max_content_length = LARGEST_BODY


@bp.get("/request/<number>")
def request_card(form: WorkForm | None = None, *, number: str) -> Response:
    """One request with its history."""
    found = _found(number)
    form, attached = form or typed.form_of(found), typed.attached(number)
    with db.atomic():
        record("request-seen", found.number)
        presence.come(found.id, current_staff().id, bool(form.reply.data))
    notes = found.notes()
    matched = Account.get_or_none(Account.number == found.matched_account) if found.matched_account else None
    if attached[0]:
        form.file.label.text = _("Другой файл")
    return show(
        "request.html",
        item=found,
        notes=[entry for entry in notes if entry.kind != TAKEN_BACK],
        seen=notes[-1].id if notes else 0,
        ways=casework.ways_of(found),
        theirs=request_merging.others_of(found),
        form=form,
        attached=attached,
        unsent_since=typed.since(number),
        preview=preview_of(found) if typed.preview_asked(number) else None,
        templates=[(str(one.id), one.title) for one in ReplyTemplate.all()],
        others=who_else().get(number, ""),
        unread=Unread.select().where(Unread.request == found.id).exists(),
        may_wait=found.is_open and on_second_thought.was_not_answered(notes),
        me=current_staff().id,
        states=state_names(),
        names=staff_names(),
        choices=[(one.id, one.shown) for one in Staff.at_work() if one.id != found.assignee],
        matched=matched,
        most_bytes=MOST_BYTES,
        too_large=FILE_MESSAGES["too_large"],
        next_number=casework.next_after(found),
        notice=flashed(),
    )


@bp.post("/request/<number>/typed")
def keep_request(number: str) -> Response:
    """Keep what is typed, Enter in a field of one line does no more than that; or drop it.

    `quietly` the page's script keeps it, unless its reader has sent something meanwhile, which this may be.
    """
    if "quietly" in request.form:
        found, form = _found(number), WorkForm(number)
        if not RequestNote.after(found.id, _seen(form), RequestNote.staff == current_staff().id):
            typed.keep(form)
        return Response(status=204)
    if "drop" in request.args:
        typed.drop(_found(number).number)
        return advance("staff.request_card", number=number)
    sent(number)
    return advance("staff.request_card", number=number)


@bp.post("/request/<number>/state")
def move_request(number: str) -> Response:
    """Take into work, finish, open again."""
    found, form = sent(number)
    if not form.accepts("state", "seen") or not casework.move(
        found, str(form.state.data), current_staff(), client_address(), _seen(form)
    ):
        flash(_("Состояние заявки уже изменили. Проверьте, что с ней сейчас."), "warn")
    return advance("staff.request_card", number=number)


@bp.post("/request/<number>/hand-over")
def hand_request_over(number: str) -> Response:
    """Give the request to a colleague, or take it from one."""
    found, form = sent(number)
    colleague = next((one for one in Staff.at_work() if one.id == form.colleague.data), None)
    if not form.accepts("colleague", "seen") or colleague is None:
        form.colleague.errors = [_("Выберите, кому передать.")]
        return reject(request_card, form)
    typed.spend(form, "colleague")
    if casework.hand_over(found, colleague, current_staff(), client_address(), _seen(form)):
        flash(_("Заявка у сотрудника %(who)s.", who=colleague.shown))
    else:
        flash(_("Заявка уже изменилась. Проверьте, что с ней сейчас."), "warn")
    return advance("staff.request_card", number=number)


@bp.post("/request/<number>/note")
def note_request(number: str) -> Response:
    """Add a note that only staff see."""
    found, form = sent(number)
    if not form.accepts("text"):
        return reject(request_card, form)
    casework.write_note(found, form.text.data, current_staff(), client_address())
    typed.spend(form, "text")
    return advance("staff.request_card", number=number)


@bp.post("/request/<number>/reply")
def reply_request(number: str) -> Response:
    """Send a reply to the resident, and close the request with it where that was pressed."""
    found, form = sent(number)
    good = form.accepts("reply", "lane", "state", "seen", "file")
    if not good or form.state.data not in ("", "done", "refused"):
        return reject(request_card, form)
    try:
        _send(found, form)
    except casework.ChangedError:
        form.form_errors.append(_("Пока вы писали, заявка изменилась: см. историю. Ответить всё равно?"))
        return reject(request_card, form)
    except casework.UnreachableError:
        form.form_errors.append(_("Ответ не дойдёт: номер теперь у другого человека, а почты в заявке нет."))
        return reject(request_card, form)
    typed.spend(form, "reply", "lane")
    flash(_("Ответ отправлен."))
    return advance("staff.request_card", number=number)


def _send(found: ConnectionRequest, form: WorkForm) -> None:
    """Send the reply and what is attached to it. Raises ChangedError and UnreachableError."""
    file, kind = typed.attached(found.number)
    words, lane, state = form.reply.data, form.lane.data, form.state.data
    told = {"state": state, "seen": _seen(form), "file": file, "file_type": kind}
    sent = casework.answer(found, words, lane, current_staff(), client_address(), **told)
    if sent and file:
        store.settle(file)
        typed.forget_file(found.number)


def _found(number: str) -> ConnectionRequest:
    return get_or_404(ConnectionRequest, ConnectionRequest.number == number)


def sent(number: str) -> tuple[ConnectionRequest, WorkForm]:
    """The request, and the form that came, with all that was typed in it kept."""
    found, form = _found(number), WorkForm(number)
    form.suit(found.email)
    typed.keep(form)
    typed.keep_file(form)
    if request.endpoint not in COMPARING and _was_changed(found, form):
        flash(_("Пока вы писали, заявка изменилась: см. историю."), "warn")
    for text in form.file.errors if request.endpoint != "staff.reply_request" else ():
        flash(str(text), "warn")  # where it is not said beside the field
    return found, form


def _was_changed(found: ConnectionRequest, form: WorkForm) -> bool:
    others = RequestNote.staff.is_null() | (RequestNote.staff != current_staff().id)
    return RequestNote.after(found.id, _seen(form), others)


def _seen(form: WorkForm) -> int:
    return entry_seen(form.seen.data)


def entry_seen(told: str | None) -> int:
    """The last entry of a history that a page showed, as its form says it; -1 for what is none."""
    return int(told) if told and told.isdecimal() and len(told) < 19 else -1


@bp.post("/request/<number>/read")
def read_request(number: str) -> Response:
    """What the resident wrote needs no answer."""
    found, _form = sent(number)
    casework.mark_read(found, current_staff(), client_address())
    return advance("staff.request_card", number=number)
