"""The connection request: its form and its status."""

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.forms.sent_file import FILE_MESSAGES
from cabinet.models import ConnectionRequest
from cabinet.models.attempt import TooManyError
from cabinet.models.base import now, settings
from cabinet.models.casework import write_back
from cabinet.models.failures import UnknownOutcomeError
from cabinet.models.limits import take
from cabinet.receipts import store
from cabinet.receipts.errors import NotKeptError
from cabinet.receipts.validation import MOST_BYTES
from cabinet.requests import sender as senders
from cabinet.requests.forms import AnswerForm, RequestForm, StatusForm
from cabinet.requests.sender import Sender
from cabinet.web import session_keys as keys
from cabinet.web.flow import advance, flash, flashed, form_for_get, page, reject, start_over
from cabinet.web.lookup import failed_lookup
from cabinet.web.security import client_address
from cabinet.web.sessions import session
from cabinet.web.stored_file import download

bp = Blueprint("requests", __name__, url_prefix="/requests")


@bp.get("/new")
def new(form: RequestForm | None = None) -> Response:
    """«Заявка на подключение», with what is known already."""
    sender = senders.current_sender()
    if sender is None:
        if session.presented:
            flash(_("Чтобы отправить заявку, подтвердите номер."), "info")
        return advance("entry.phone")
    failed = failed_lookup()
    form = form or form_for_get(
        RequestForm,
        last_name=sender.last_name,
        first_name=sender.first_name,
        middle_name=sender.middle_name,
        email=sender.email,
        account=failed.account,
    )
    return page(
        "requests/new.html",
        form=form,
        sender=sender,
        sought=failed,
        most_bytes=MOST_BYTES,
        too_large=FILE_MESSAGES["too_large"],
    )


@bp.post("/new")
def submit_new() -> Response:
    """«Отправить заявку»: store the connection request and its receipt, once."""
    sender = senders.current_sender()
    if sender is None:
        return start_over()
    try:
        if any(file.filename for file in request.files.values()):
            take("receipt", sender.phone)
        form = RequestForm()
        if not form.validate():
            return reject(new, form)
        sent = _send(form, sender)
    except TooManyError as error:
        form = RequestForm()
        form.refuse(error, None, _("Заявок сегодня уже много. Следующую можно отправить %(when)s."))
        form.file_again = bool(request.files)
        return reject(new, form)
    except NotKeptError:
        form.receipt.errors = [FILE_MESSAGES["not_kept"]]
        return reject(new, form)
    senders.remember_sent(sent)
    flash(_("Заявка отправлена."))
    return advance("requests.show", number=sent.number)


def _send(form: RequestForm, sender: Sender) -> ConnectionRequest:
    """Keep the file and the request; the file goes again if the request has one already or is not taken.

    Where nobody knows whether it was, the file stays: the worker will see whether a request names it.
    """
    receipt, failed = form.receipt.value, failed_lookup()
    name = store.keep(receipt.data) if receipt else ""
    try:
        sent = ConnectionRequest.submit(
            sender.phone,
            form.answers(),
            form.key.data or f"{now():%Y-%m-%d}",
            client_address(),
            period=failed.period,
            amount=failed.amount,
            user_id=sender.user_id,
            locale=sender.locale,
            receipt=name,
            receipt_type=receipt.media_type if receipt else "",
            receipt_digest=form.receipt.digest,
            proved_by="max" if senders.came_by_contact(sender) else None,
        )
    except UnknownOutcomeError:
        raise
    except BaseException:
        store.discard(name)
        raise
    if sent.receipt == name:
        store.settle(name)
    else:
        store.discard(name)
    return sent


@bp.get("", defaults={"number": ""})
@bp.get("/<number>")
def show(form: StatusForm | AnswerForm | None = None, number: str = "") -> Response:
    """A request's status; sessions that did not send it are asked for its number and phone.

    Without a number those that this session may see are listed.
    """
    number = number or (request.view_args or {}).get("number", "")
    looks_up = isinstance(form, StatusForm)
    found = None if looks_up else ConnectionRequest.get_or_none(ConnectionRequest.number == number)
    own = found is not None and senders.is_own(found)
    if found is None or not (own or senders.is_found(found)):
        known = [] if number else senders.known()
        return page(
            "requests/status.html",
            form=form if looks_up else form_for_get(StatusForm, number=number),
            number=number,
            known=known,
            own=[one for one in known if senders.is_own(one)],
        )
    if found.merged_into and (kept := senders.follow(found)).number != found.number:
        return advance("requests.show", number=kept.number)
    return page(
        "requests/request.html",
        connection=found,
        own=own,
        form=form or form_for_get(AnswerForm),
        may_answer=own and senders.current_sender() is not None,
        most_bytes=MOST_BYTES,
        too_large=FILE_MESSAGES["too_large"],
        days=settings().request_answer_days,
        notice=flashed(),
        signed_in=_signed_in(),
        acts=True,
    )


@bp.post("", defaults={"number": ""})
@bp.post("/<number>")
def submit_status(number: str) -> Response:
    """Number and phone, which must belong together."""
    form = StatusForm()
    if not form.validate():
        return reject(show, form)
    try:
        found = ConnectionRequest.look_up(form.number.value, form.phone.value, client_address())
    except TooManyError as error:
        form.refuse(error, None, _("Слишком много попыток. Попробуйте ещё раз %(when)s."))
        return reject(show, form)
    if found is None:
        form.form_errors.append(_("Заявки с таким номером и телефоном нет. Проверьте то и другое."))
        return reject(show, form)
    senders.remember_found(found)
    return advance("requests.show", number=found.number)


@bp.post("/<number>/answer")
def submit_answer(number: str) -> Response:
    """Send staff words or a file about a request of one's own."""
    found, sender = (
        ConnectionRequest.get_or_none(ConnectionRequest.number == number),
        senders.current_sender(),
    )
    if found is None or sender is None or not senders.is_own(found):
        return advance("requests.show", number=number)
    found = senders.follow(found) if found.merged_into else found
    if not senders.is_own(found):
        return advance("requests.show", number=found.number)
    try:
        if any(file.filename for file in request.files.values()):
            take("receipt", sender.phone)
        form = AnswerForm()
        if not form.validate():
            return reject(show, form)
        _write_back(form, found)
    except TooManyError as error:
        form = AnswerForm()
        form.refuse(error, None, _("Сегодня вы написали уже много раз. Ещё можно %(when)s."))
        form.file_again = bool(request.files)
        return reject(show, form)
    except NotKeptError:
        form.file.errors = [FILE_MESSAGES["not_kept"]]
        return reject(show, form)
    flash(_("Отправили. Ответим, как только прочитаем."))
    return advance("requests.show", number=number)


def _write_back(form: AnswerForm, found: ConnectionRequest) -> None:
    """Keep the file and the words; the file goes again if they were sent before or are not taken."""
    file = form.file.value
    name, written = store.keep(file.data) if file else "", False
    try:
        kind = file.media_type if file else ""
        written = write_back(found, form.answer.value, client_address(), name, kind)
    finally:
        if not written:
            store.discard(name)
    if written:
        store.settle(name)


@bp.get("/<number>/files/<entry>")
def show_file(number: str, entry: str) -> Response:
    """A file of the conversation about a request of one's own, to keep."""
    found = ConnectionRequest.get_or_none(ConnectionRequest.number == number)
    if found is None or not senders.is_own(found):
        abort(404)
    with_files = {str(one.id): one for one in found.conversation() if one.file}
    note = with_files.get(entry) or abort(404)
    return download(note.file, note.file_type, f"{number}-{note.id}")


def _signed_in() -> bool:
    return bool(session.get(keys.USER_ID))
