"""One request about somebody's data: what will be deleted and what stays, the question, second thoughts."""

import hmac
import string

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from cabinet.models import DataRequest, Staff, withdrawal
from cabinet.models.base import settings
from cabinet.models.contact_requests import count_of_contact, erase_of_contact, may_erase_of_contact
from cabinet.models.own_data import data_of_phone, own_data
from cabinet.models.phone_change import OverError
from cabinet.receipts import store
from cabinet.staff.data_requests import kind_names, way_names
from cabinet.staff.guard import admins_only, bp, current_staff, get_or_404, record, show
from cabinet.staff.resident_forms import ResidentForm, form_about
from cabinet.staff.step_up import ProvedForm, prove, proved_lately
from cabinet.staff.typed import drop_gone
from cabinet.staff.unsent import half_written, keeps
from cabinet.web.flow import advance, flash, flashed, reject
from cabinet.web.readable import readable
from cabinet.web.security import client_address

LONGEST = 1000


class ErasureForm(ResidentForm, ProvedForm):
    """Yes: the last digits of the phone are typed, so that it is this person's."""

    last_four = StringField(_l("Последние четыре цифры телефона"))


class AnsweredForm(ResidentForm):
    """Nothing is deleted, and why."""

    answer = TextAreaField(
        _l("Что сделали или почему отказали"),
        validators=[
            DataRequired(_l("Напишите, что сделали или почему отказали.")),
            Length(max=LONGEST, message=_l("Слишком длинно: не больше 1000 знаков.")),
        ],
    )


@bp.get("/data-request/<request_id>")
def data_request_card(form: ResidentForm | None = None, *, request_id: str) -> Response:
    """What was asked for, by when it is to be done, what would become of the data."""
    found = get_or_404(DataRequest, DataRequest.id == request_id)
    record("data-request-seen", found.subject, shown=[found.subject])
    return show(
        "data_request.html",
        asked=found,
        user=found.user,
        since=withdrawal.cabinet_since(found),
        kind=kind_names()[found.kind],
        way=way_names()[found.way],
        kept=withdrawal.what_is_kept(found),
        of_contact=count_of_contact(found.phone) if may_erase_of_contact(found) else 0,
        names={one.id: one.shown for one in Staff.select()},
        days={name: getattr(settings(), name) // 86400 for name in ("consents_kept", "audit_kept")},
        day=withdrawal.day_of_deletion(found),
        form=form if isinstance(form, ErasureForm) else form_about(found, ErasureForm),
        answered=form
        if isinstance(form, AnsweredForm)
        else form_about(found, AnsweredForm, **half_written("close_data_request", request_id=found.id)),
        proved=proved_lately(),
        notice=flashed(),
    )


@bp.get("/data-request/<request_id>/data")
def data_to_hand_out(request_id: str) -> Response:
    """Everything that is kept about who asked, to print for them."""
    found = get_or_404(DataRequest, DataRequest.id == request_id)
    record("data-handed-out", found.subject, shown=[found.subject])
    told = own_data(found.user) if found.user else data_of_phone(found.phone)
    return show("data_to_hand_out.html", asked=found, data=readable(told), acts=False)


@bp.post("/data-request/<request_id>/approve")
@admins_only
def approve_data_request(request_id: str) -> Response:
    """Delete the data, after the time for second thoughts."""
    found, form = get_or_404(DataRequest, DataRequest.id == request_id), ErasureForm()
    if not found.erases:
        flash(_("В этом запросе не просят удалить данные."), "warn")
        return advance("staff.data_request_card", request_id=request_id)
    if not _is_proved(form, found):
        return reject(data_request_card, form)
    try:
        withdrawal.approve(found, current_staff(), client_address())
    except OverError:
        flash(_("Запрос уже решён."), "warn")
    except withdrawal.CabinetSinceError:
        flash(_("По этому номеру с тех пор сделали кабинет: этот запрос его не касается."), "warn")
    else:
        flash(_("Данные будут удалены. До этого дня удаление можно отменить."))
    return advance("staff.data_request_card", request_id=request_id)


@bp.get("/data-request/<request_id>/contact")
@admins_only
def contact_requests(form: ErasureForm | None = None, *, request_id: str) -> Response:
    """The question before requests are deleted that a contact in MAX alone proved."""
    found = get_or_404(DataRequest, DataRequest.id == request_id)
    record("data-request-seen", found.subject, shown=[found.subject])
    count = count_of_contact(found.phone) if may_erase_of_contact(found) else 0
    if not count:
        return advance("staff.data_request_card", request_id=request_id)
    return show(
        "contact_requests.html",
        asked=found,
        of_contact=count,
        form=form or form_about(found, ErasureForm),
        proved=proved_lately(),
    )


@bp.post("/data-request/<request_id>/contact")
@admins_only
def erase_contact_requests(request_id: str) -> Response:
    """Delete them, at once."""
    found, form = get_or_404(DataRequest, DataRequest.id == request_id), ErasureForm()
    if not may_erase_of_contact(found):
        flash(_("Запрос уже решён."), "warn")
        return advance("staff.data_request_card", request_id=request_id)
    if not _is_proved(form, found):
        return reject(contact_requests, form)
    for name in erase_of_contact(found, current_staff(), client_address(), store.loosen):
        store.discard(name)
    drop_gone()
    flash(_("Заявки, отправленные через MAX, удалены."))
    return advance("staff.data_request_card", request_id=request_id)


@bp.post("/data-request/<request_id>/keep")
def keep_data(request_id: str) -> Response:
    """The person thought better of it: nothing is deleted."""
    found = get_or_404(DataRequest, DataRequest.id == request_id)
    if withdrawal.keep(found, current_staff(), client_address()):
        flash(_("Данные остаются."))
    else:
        flash(_("Отменять нечего, или срок вышел и данные уже удаляются."), "warn")
    return advance("staff.data_request_card", request_id=request_id)


@bp.post("/data-request/<request_id>/close")
@keeps("data_request_card", "answer")
def close_data_request(request_id: str) -> Response:
    """Nothing is deleted; a request to delete is refused by an admin alone."""
    found, form = get_or_404(DataRequest, DataRequest.id == request_id), AnsweredForm()
    if found.erases and not current_staff().is_admin:
        flash(_("Отказать может только администратор."), "warn")
        return advance("staff.data_request_card", request_id=request_id)
    if not form.validate():
        return reject(data_request_card, form)
    try:
        withdrawal.close(found, current_staff(), form.answer.data.strip(), client_address())
    except OverError:
        flash(_("Запрос уже решён."), "warn")
    else:
        flash(_("Запрос закрыт."))
    return advance("staff.data_request_card", request_id=request_id)


def _is_proved(form: ErasureForm, request: DataRequest) -> bool:
    """Whether the digits are the phone's and who confirms proves who they are; or says what is wrong."""
    if not _is_theirs(form.last_four.data or "", request):
        form.last_four.errors = [
            _("Это не последние четыре цифры телефона из запроса. Сверьте их с запросом.")
        ]
        return False
    return form.validate() and prove(form)


def _is_theirs(typed: str, request: DataRequest) -> bool:
    """Whether these are the last digits of the phone; of who has no number any more none are asked for."""
    digits = "".join(one for one in typed if one in string.digits)
    return not request.phone.startswith("+") or hmac.compare_digest(digits, request.phone[-4:])
