"""«Я забыл пароль»: a code to the phone, then a new password."""

from flask import Blueprint
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.forms.password import NewPasswordForm, personal, rule_list
from cabinet.login.forms import PasswordForm
from cabinet.login.recovery_code import on_its_way, promised
from cabinet.login.returning import ask_for_receipt, must_prove, proved_by
from cabinet.login.views import password
from cabinet.models import OneTimeCode, User
from cabinet.models.attempt import TooManyError
from cabinet.models.base import settings
from cabinet.models.code_streak import StoppedError
from cabinet.models.database import db
from cabinet.models.profile import recover
from cabinet.models.spending import SpentError
from cabinet.models.unit import unit
from cabinet.passwords.rules import Personal
from cabinet.web import session_keys as keys
from cabinet.web.devices import letter_receiver, max_receiver, presented
from cabinet.web.extensions import hasher
from cabinet.web.flow import advance, flash, form_for_get, page, reject, start_over, wait_at
from cabinet.web.journeys import half_done, phone_verified
from cabinet.web.security import client_address
from cabinet.web.sessions import session

bp = Blueprint("recovery", __name__)


@bp.post("/login/forgot")
def forgot() -> Response:
    """«Я забыл пароль»: a code to the phone."""
    phone = session.get(keys.PHONE)
    if not phone:
        return start_over()
    try:
        with db.atomic():
            session.lock()  # a double click finds what the first click began
            session[keys.CODE] = on_its_way(phone).id
            session.keep()
    except StoppedError as error:
        if isinstance(error, SpentError) and _other_ways(phone):
            session[keys.CODE] = promised(phone).id
            return advance("entry.code")
        form = PasswordForm(formdata=None)
        form.refuse(error, None, "")
        return reject(password, form)
    except TooManyError as error:
        session[keys.CODE] = promised(phone).id
        return wait_at("entry.code", error.wait)
    return advance("entry.code")


def _other_ways(phone: str) -> bool:
    """Whether the code can come without the budget of SMS."""
    return bool(letter_receiver("recovery", phone) or max_receiver("recovery", phone))


@phone_verified("recovery")
def begin_recovery(code: OneTimeCode) -> str:
    """The phone is verified: a new password may be set."""
    session[keys.RECOVERED] = code.id
    for name in (keys.RETURNING, keys.RECEIPT_PROVED, keys.OTHER_ACCOUNT):
        session.pop(name, None)  # of another number
    return "recovery.new_password"


@half_done("recovery")
def resume_recovery(phone: str | None) -> Response | None:
    """The new password, if a phone was verified for it in this session, `phone` where one is given."""
    code = OneTimeCode.find(session.get(keys.RECOVERED))
    if code is None:
        return advance("returning.receipt") if session.get(keys.RETURNING) and phone is None else None
    if phone not in (None, code.phone):
        return None
    if session.get(keys.RETURNING):
        return advance("returning.receipt")
    return advance("recovery.new_password") if _lately(code) else None


def _lately(code: OneTimeCode) -> bool:
    """Whether the code, or a receipt after it, was right so lately that the password may be set."""
    return code.used_within(settings().new_password_lifetime) or proved_by(code)


def _recovering() -> tuple[OneTimeCode, User] | None:
    """The code by which this session has just verified a phone for recovery, and its resident."""
    code = OneTimeCode.find(session.get(keys.RECOVERED))
    if code is None or code.purpose != "recovery" or code.voided_at:
        return None
    user = User.by_phone(code.phone) if _lately(code) else None
    return (code, user) if user else None


@bp.get("/login/new-password")
def new_password(form: NewPasswordForm | None = None) -> Response:
    """«Создайте новый пароль», with the rules it has to meet."""
    recovering = _recovering()
    if recovering is None:
        return _not_recovering()
    code, user = recovering
    if must_prove(user, code):
        return advance(ask_for_receipt(user, code))
    form = form or form_for_get(NewPasswordForm)
    return page(
        "login/new_password.html",
        form=form,
        phone=user.phone,
        rules=rule_list(form.password.data or "", personal(user)),
    )


@bp.post("/login/new-password")
def submit_new_password() -> Response:
    """Save it, end all other sessions, and ask to sign in with it."""
    recovering = _recovering()
    if recovering is None:
        return _not_recovering()
    code, user = recovering
    if must_prove(user, code):
        return advance(ask_for_receipt(user, code))
    form = NewPasswordForm()
    if not form.validate() or not form.meets_rules(personal(user)):
        return reject(new_password, form)
    hashed = hasher().hash(form.password.data)

    def save() -> bool:
        saved = recover(user, code, hashed, client_address(), keep_device=presented())
        session.pop(keys.RECOVERED, None)
        session.pop(keys.CODE, None)
        session[keys.PHONE] = user.phone
        session[keys.RECOVERED_BY] = code.id
        if saved:
            session[keys.RECOVERED_STAMP] = user.stamp
        session.keep()
        return saved

    if unit(save, changed=(user,)):
        flash(_("Пароль сохранён. Войдите с новым паролем."))
    else:
        flash(_("Пароль уже изменён. Войдите с новым паролем."))
    return advance("login.password")


def _not_recovering() -> Response:
    """If the new password is already saved (a second click, or Back), the login is next."""
    return advance("login.password") if session.get(keys.RECOVERED_BY) else start_over()


@bp.post("/login/new-password/rules")
def check_new_password() -> Response:
    """The list of rules as the password typed so far meets them."""
    recovering = _recovering()
    form = NewPasswordForm()
    shown = recovering is not None and not must_prove(recovering[1], recovering[0])
    known = personal(recovering[1]) if recovering and shown else Personal()
    return page("_rules.html", rules=rule_list(form.password.data or "", known))
