"""«Вернуть прежний кабинет?»: of who proved a number and a receipt of a cabinet that was moved away."""

from flask import Blueprint, g
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models.base import unix_time
from cabinet.models.taking_back import NoWayBackError, take_back
from cabinet.models.unit import unit
from cabinet.models.user import User
from cabinet.models.way_back import WayBack
from cabinet.register.forms import AddressForm
from cabinet.register.views import guard
from cabinet.web import session_keys as keys
from cabinet.web.flow import advance, flash, form_for_get, page, reject
from cabinet.web.security import client_address
from cabinet.web.sessions import session

bp = Blueprint("way_back", __name__, url_prefix="/register")
bp.before_request(guard)


@bp.get("/way-back")
def question(form: AddressForm | None = None) -> Response:
    """Two answers; nothing of the cabinet but that it is of this address."""
    if WayBack.of(g.registration) is None:
        return _none()
    return page("register/way_back.html", form=form or form_for_get(AddressForm), registration=g.registration)


@bp.post("/way-back")
def submit_question() -> Response:
    """«Вернуть» leads to a new password, «Создать новый» on in the registration."""
    form, registration = AddressForm(), g.registration
    if WayBack.of(registration) is None:
        return _none()
    if not form.validate():
        return reject(question, form)
    if form.answer.data == "no":
        registration.confirm_address()
        return advance("register.profile")
    session.rotate()  # here, so that it is one token however often the rest is tried

    def give_back() -> None:
        code = take_back(registration, client_address())
        for name in keys.JOURNEY_KEYS:
            session.pop(name, None)
        session[keys.RECOVERED], session[keys.PHONE] = code.id, code.phone
        session[keys.RECEIPT_PROVED] = [code.id, int(unix_time())]
        session.keep()

    try:
        unit(give_back)
    except NoWayBackError:
        return _none()
    flash(_("Кабинет снова на вашем номере. На других устройствах из него вышли."))
    return advance("recovery.new_password")


def _none() -> Response:
    """Back to the step in turn; a second press finds what the first one did."""
    if User.by_phone(g.registration.phone):
        flash(_("Кабинет снова на вашем номере. Войдите: «Я забыл пароль» и код."), "info")
        return advance("entry.phone")
    return advance(f"register.{g.registration.step}")
