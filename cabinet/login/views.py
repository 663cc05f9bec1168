"""Login and recovery, in the order of the journey."""

from flask import Blueprint, current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from cabinet.devices import known_device, remember_device
from cabinet.login.forms import PasswordForm
from cabinet.models import OneTimeCode, User, WebSession
from cabinet.models.base import db, now, settings
from cabinet.models.code import TooManyError
from cabinet.models.login import LoginAttempt
from cabinet.new_password import NewPasswordForm, rule_list
from cabinet.passwords.rules import Personal
from cabinet.security import client_address, user_agent
from cabinet.sessions import session
from cabinet.web import advance, page, reject, said, say, shown, wait_words

bp = Blueprint("login", __name__)


@bp.get("/login/password")
def password(form: PasswordForm | None = None) -> Response:
    """«Введите пароль»."""
    if not session.get("phone"):
        return advance("entry.phone")
    return page(
        "login/password.html", form=form or shown(PasswordForm), phone=session["phone"], notice=said()
    )


@bp.post("/login/password")
def submit_password() -> Response:
    """Right: the cabinet. Wrong in any way: one answer after the same work."""
    if not session.get("phone"):
        return _start_over()
    form = PasswordForm()
    if not form.validate() or not form.password.data:
        form.password.errors = form.password.errors or [_("Введите пароль.")]
        return reject(password, form)
    user = User.by_phone(session["phone"])
    try:
        attempt = LoginAttempt.begin(session["phone"], client_address(), known_device(user))
    except TooManyError as error:
        return _locked(form, error.wait)
    hasher = current_app.extensions["hasher"]
    right = hasher.verify(form.password.data, user.password_hash if user and user.is_active else None)
    if user is None or not right:
        attempt.failed()
        form.password.errors = [_("Ошибка в логине или пароле. Проверьте номер телефона и пароль.")]
        return reject(password, form)
    attempt.succeeded()
    if hasher.needs_rehash(user.password_hash):
        user.rehash(hasher.hash(form.password.data))
    return enter(user)


def _locked(form: PasswordForm, wait: int) -> Response:
    form.retry_after = wait
    form.locked = True
    form.password.errors = [
        _("Превышено число попыток входа. Попробуйте ещё раз %(when)s.", when=wait_words(wait))
    ]
    return reject(password, form, 429)


def enter(user: User) -> Response:
    """Sign in: a new token, nothing of the way here left in the session."""
    for name in ("registration", "verified", "recovered", "code", "phone_typed", "phone", "rejected"):
        session.pop(name, None)
    session.rotate()
    login_user(user)
    if session.get("lang"):
        user.speak(session["lang"])
    with db.atomic():
        if remember_device(user):
            user.tell("new_device", sms=False, browser=user_agent(), at=now().isoformat())
    return advance("home.home")


@bp.post("/login/forgot")
def forgot() -> Response:
    """«Я забыл пароль»: a code to the phone."""
    phone = session.get("phone")
    if not phone:
        return _start_over()
    current = OneTimeCode.get_or_none(OneTimeCode.id == session.get("code", ""))
    if not (current and current.live and current.phone == phone and current.purpose == "recovery"):
        try:
            current = OneTimeCode.send("recovery", phone, client_address(), str(get_locale()), known=True)
        except TooManyError as error:
            form = PasswordForm(formdata=None)
            form.retry_after = error.wait
            form.form_errors.append(
                _(
                    "СМС отправляли слишком часто. Следующую можно получить %(when)s.",
                    when=wait_words(error.wait),
                )
            )
            return reject(password, form, 429)
    session["code"] = current.id
    return advance("entry.code")


def _recovering() -> User | None:
    """The resident whose phone this session has just proved for recovery."""
    code = OneTimeCode.get_or_none(OneTimeCode.id == session.get("recovered", ""))
    if code is None or code.purpose != "recovery" or code.voided_at:
        return None
    return User.by_phone(code.phone) if code.used_within(settings().new_password_lifetime) else None


@bp.get("/login/new-password")
def new_password(form: NewPasswordForm | None = None) -> Response:
    """«Создайте новый пароль»."""
    user = _recovering()
    if user is None:
        return _start_over()
    form = form or shown(NewPasswordForm)
    return page(
        "login/new_password.html",
        form=form,
        phone=user.phone,
        rules=rule_list(form.password.data or "", personal(user)),
    )


@bp.post("/login/new-password")
def submit_new_password() -> Response:
    """Save it, end everything else, and ask to sign in with it."""
    user = _recovering()
    if user is None:
        return _start_over()
    form = NewPasswordForm()
    if not form.validate() or not form.meets_rules(personal(user)):
        return reject(new_password, form)
    user.set_password(current_app.extensions["hasher"].hash(form.password.data), client_address())
    session.pop("recovered", None)
    session.pop("code", None)
    session["phone"] = user.phone
    say(_("Пароль сохранён. Войдите с новым паролем."))
    return advance("login.password")


@bp.post("/login/new-password/rules")
def check_new_password() -> Response:
    """The list of rules as the password typed so far meets them."""
    user = _recovering()
    form = NewPasswordForm()
    return page(
        "_rules.html", rules=rule_list(form.password.data or "", personal(user) if user else Personal())
    )


def personal(user: User) -> Personal:
    """What the resident's password must not be made of."""
    return Personal(
        phone=user.phone,
        names=(user.last_name, user.first_name, user.middle_name),
        accounts=tuple(a.number for a in user.accounts()),
        birth_date=user.birth_date,
    )


@bp.post("/logout")
def logout() -> Response:
    """End this session at once; the browser's token is worth nothing from now on."""
    logout_user()
    WebSession.end(session.key)
    appearance = {name: session[name] for name in ("lang", "theme") if name in session}
    session.clear()
    session.renew()
    session.update(appearance)
    return advance("entry.phone")


def _start_over() -> Response:
    if session.presented:
        say(_("Прошло слишком много времени. Введите номер телефона ещё раз."))
    return advance("entry.phone")
