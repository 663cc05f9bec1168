"""«Запросы о данных»: what people ask about their data by letter or at the office is put on record."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length

from cabinet.fields import FieldError
from cabinet.forms.base import ParsedField, StepForm
from cabinet.forms.person import PHONE_MESSAGES, parse_phone
from cabinet.models import DataRequest, User
from cabinet.models.data_request import KINDS, WAYS, put_on_record, today
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.resident_forms import ResidentForm, form_about
from cabinet.staff.unsent import half_written, keeps
from cabinet.web.flow import advance, flash, flashed, form_for_get, reject
from cabinet.web.security import client_address

LONGEST = 500
SHOWN = 100
OLDEST = 366  # days ago that a request may have come


def kind_names() -> dict[str, str]:
    """What may be asked for."""
    return {
        "withdraw": _("Отозвать согласие"),
        "delete": _("Удалить данные"),
        "tell": _("Выдать сведения о данных"),
    }


def way_names() -> dict[str, str]:
    """How a request may come."""
    return {"visit": _("В офисе"), "post": _("Письмом по почте"), "email": _("Электронным письмом")}


def parse_day(text: str) -> date:
    """A day of the last year, as a field of days sends it. Raises FieldError: not_a_date, not_then."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise FieldError("not_a_date") from None
    if not 0 <= (today() - day).days <= OLDEST:
        raise FieldError("not_then")
    return day


class AskedFields(StepForm):
    """What was asked for, when and how it came, and its number or words."""

    kind = RadioField(
        _l("О чём просят"),
        validate_choice=False,
        validators=[AnyOf(KINDS, message=_l("Выберите, о чём просят."))],
    )
    came_on = ParsedField(
        _l("Когда получили"),
        parse_day,
        {
            "not_then": _l("День не может быть позже сегодняшнего или раньше, чем год назад."),
            "*": _l("Выберите день, когда получили запрос."),
        },
    )
    way = RadioField(
        _l("Как получили"),
        validate_choice=False,
        validators=[AnyOf(WAYS, message=_l("Выберите, как получили запрос."))],
    )
    words = TextAreaField(
        _l("Входящий номер и как убедились, кто просит"),
        validators=[
            DataRequired(_l("Напишите входящий номер и как убедились, кто просит.")),
            Length(max=LONGEST, message=_l("Слишком длинно: не больше 500 знаков.")),
        ],
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices, self.way.choices = list(kind_names().items()), list(way_names().items())


class ResidentAskedForm(ResidentForm, AskedFields):
    """Of a resident."""


class PhoneAskedForm(AskedFields):
    """Of whoever has, or had, the phone: they need no cabinet."""

    phone = ParsedField(_l("Телефон того, кто просит"), parse_phone, PHONE_MESSAGES)


@bp.get("/data-requests")
def data_requests(form: PhoneAskedForm | None = None) -> Response:
    """Those that wait, the most urgent first, and the form for one more."""
    waiting = DataRequest.waiting(SHOWN)
    record("data-requests-listed", shown=[one.subject for one in waiting])
    return show(
        "data_requests.html",
        waiting=waiting,
        kinds=kind_names(),
        form=form or form_for_get(PhoneAskedForm, **_begun("submit_data_request")),
        last=today().isoformat(),
        notice=flashed(),
    )


@bp.post("/data-requests")
@keeps("data_requests", "phone", "words")
def submit_data_request() -> Response:
    """Put one on record by the phone; that of a resident is theirs."""
    form = PhoneAskedForm()
    if not form.validate():
        return reject(data_requests, form)
    return _recorded(form.phone.value, form)


@bp.get("/resident/<user_id>/data-request")
def resident_data_request(form: ResidentAskedForm | None = None, *, user_id: str) -> Response:
    """The form, for a resident."""
    user = get_or_404(User, User.id == user_id)
    record("resident-seen", user.id)
    return show(
        "resident_data_request.html",
        user=user,
        form=form
        or form_about(user, ResidentAskedForm, **_begun("submit_resident_data_request", user_id=user.id)),
        last=today().isoformat(),
    )


@bp.post("/resident/<user_id>/data-request")
@keeps("resident_data_request", "words")
def submit_resident_data_request(user_id: str) -> Response:
    """Put a resident's request on record."""
    user, form = get_or_404(User, User.id == user_id), ResidentAskedForm()
    if not form.validate():
        return reject(resident_data_request, form)
    return _recorded(user.phone, form)


def _begun(view: str, **arguments: str) -> dict[str, str]:
    """What is half-written in the form that this view takes; a request came today, unless said now."""
    return {"came_on": today().isoformat(), **half_written(view, None, **arguments)}


def _recorded(phone: str, form: AskedFields) -> Response:
    texts = (form.kind.data, form.way.data, form.came_on.value, form.words.data.strip())
    made = put_on_record(phone, *texts, current_staff(), client_address())
    flash(_("Запрос записан. Данные пока на месте."))
    return advance("staff.data_request_card", request_id=made.id)
