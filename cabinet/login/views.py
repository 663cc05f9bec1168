"""Login and recovery, in the order of the journey."""

from flask import Blueprint
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from cabinet.forms.password import NewPasswordForm, personal, rule_list
from cabinet.login.forms import PasswordForm
from cabinet.login.recovery_code import on_its_way, promised
from cabinet.models import EmailLink, OneTimeCode, User, WebSession
from cabinet.models.attempt import TooManyError
from cabinet.models.base import settings
from cabinet.models.code_streak import StoppedError
from cabinet.models.database import db, transaction
from cabinet.models.login import LoginAttempt
from cabinet.models.profile import recover
from cabinet.models.spending import SpentError
from cabinet.passwords.rules import Personal
from cabinet.web import session_keys as keys
from cabinet.web.devices import known_device, letter_receiver, presented
from cabinet.web.extensions import hasher
from cabinet.web.flow import advance, flash, flashed, form_for_get, page, reject, start_over, wait_at
from cabinet.web.happenings import record
from cabinet.web.journeys import half_done, phone_verified
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session
from cabinet.web.sign_in import begin_session, resident
from cabinet.web.templating import APPEARANCE
from cabinet.wording.waits import wait_words

bp = Blueprint("login", __name__)


@bp.get("/login/password")
def password(form: PasswordForm | None = None) -> Response:
    """«Введите пароль» for the phone typed before, with a link to recover it."""
    if not session.get(keys.PHONE):
        return advance("entry.phone")
    return page(
        "login/password.html",
        form=form or form_for_get(PasswordForm),
        phone=session[keys.PHONE],
        confirm_email=_may_confirm_email() is not None,
        notice=flashed(),
    )


def _may_confirm_email() -> User | None:
    """The resident to be reminded of the e-mail; only in their own browser: strangers learn nothing."""
    user = User.by_phone(session[keys.PHONE])
    return user if user and user.needs_email and known_device(user) else None


@bp.post("/login/password")
def submit_password() -> Response:
    """Right: the cabinet. Wrong in any way: the same answer after the same work."""
    if not session.get(keys.PHONE):
        return start_over()
    form = PasswordForm()
    if not form.validate() or not form.password.data:
        form.password.errors = form.password.errors or [_("Не заполнено поле пароля. Введите пароль.")]
        return reject(password, form)
    try:
        with hasher().place():  # before anything is counted
            right = _try(form.password.data)
    except TooManyError as error:
        form.locked = True
        form.refuse(error, form.password, _("Превышено число попыток входа. Попробуйте ещё раз %(when)s."))
        return reject(password, form)
    if right:
        return advance("home.home")
    form.password.errors = [_("Ошибка в логине или пароле. Проверьте номер телефона и пароль.")]
    return reject(password, form)


def _try(typed: str) -> bool:
    """Whether the password is right; then the resident is signed in. Raises TooManyError, BusyError."""
    phone = session[keys.PHONE]
    user = User.by_phone(phone)
    attempt = LoginAttempt.begin(
        phone, client_address(), _own_browser(user), user_agent(), pause=hasher().outside
    )
    stored = user.password_hash if user and user.is_active else None
    rehashed = None

    def is_right() -> bool:
        nonlocal rehashed
        right = hasher().verify(typed, stored)
        if right and stored and hasher().needs_rehash(stored):
            rehashed = hasher().hash(typed)
        return right

    def come_in() -> None:
        assert user is not None  # or nothing was stored that could be right
        if rehashed:
            user.rehash(rehashed)
        begin_session(user)

    return attempt.verify(is_right, then=come_in)


def _own_browser(user: User | None) -> str | None:
    """Evidence that this browser is the resident's own, whatever strangers do elsewhere.

    The recovery comes first: a browser that has just set a password by SMS may sign in with it at once, even
    where its own failures had locked it. It is known by the session, so it helps no other browser.
    """
    code = OneTimeCode.find(session.get(keys.RECOVERED_BY))
    fresh = user is not None and session.get(keys.RECOVERED_STAMP) == user.stamp
    if user and fresh and code and code.phone == user.phone and code.purpose == "recovery":
        return f"recovery:{code.id}"
    return known_device(user)


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
        if isinstance(error, SpentError) and letter_receiver("recovery", phone):
            session[keys.CODE] = promised(phone).id
            return advance("entry.code")
        form = PasswordForm(formdata=None)
        form.refuse(error, None, "")
        return reject(password, form)
    except TooManyError as error:
        session[keys.CODE] = promised(phone).id
        return wait_at("entry.code", error.wait)
    return advance("entry.code")


@bp.post("/login/email")
def resend_email_link() -> Response:
    """Send the confirmation e-mail again, but only from the resident's own browser."""
    if not session.get(keys.PHONE):
        return start_over()
    user = _may_confirm_email()
    try:
        if user:
            EmailLink.send(user)
    except TooManyError as error:
        flash(_("Письмо отправляли слишком часто. Попробуйте %(when)s.", when=wait_words(error.wait)), "info")
    else:
        flash(_("Отправили письмо. Откройте ссылку из него."))
    return advance("login.password")


@phone_verified("recovery")
def begin_recovery(code: OneTimeCode) -> str:
    """The phone is verified: a new password may be set."""
    session[keys.RECOVERED] = code.id
    return "login.new_password"


@half_done("recovery")
def resume_recovery(phone: str | None) -> Response | None:
    """The new password, if a phone was verified for it in this session, `phone` where one is given."""
    code = OneTimeCode.find(session.get(keys.RECOVERED))
    if code is None or phone not in (None, code.phone):
        return None
    return advance("login.new_password") if code.used_within(settings().new_password_lifetime) else None


def _recovering() -> tuple[OneTimeCode, User] | None:
    """The code by which this session has just verified a phone for recovery, and its resident."""
    code = OneTimeCode.find(session.get(keys.RECOVERED))
    if code is None or code.purpose != "recovery" or code.voided_at:
        return None
    user = User.by_phone(code.phone) if code.used_within(settings().new_password_lifetime) else None
    return (code, user) if user else None


@bp.get("/login/new-password")
def new_password(form: NewPasswordForm | None = None) -> Response:
    """«Создайте новый пароль», with the rules it has to meet."""
    recovering = _recovering()
    if recovering is None:
        return _not_recovering()
    user, form = recovering[1], form or form_for_get(NewPasswordForm)
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
    form = NewPasswordForm()
    if not form.validate() or not form.meets_rules(personal(user)):
        return reject(new_password, form)
    hashed = hasher().hash(form.password.data)
    with transaction():
        saved = recover(user, code, hashed, client_address(), keep_device=presented())
        session.pop(keys.RECOVERED, None)
        session.pop(keys.CODE, None)
        session[keys.PHONE] = user.phone
        session[keys.RECOVERED_BY] = code.id
        if saved:
            session[keys.RECOVERED_STAMP] = user.stamp
        session.keep()
    if saved:
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
    known = personal(recovering[1]) if recovering else Personal()
    return page("_rules.html", rules=rule_list(form.password.data or "", known))


@bp.post("/logout")
def logout() -> Response:
    """End this session at once; the browser's token becomes worthless."""
    with db.atomic():
        if current_user.is_authenticated:
            record("signed-out", resident())
        WebSession.end(session.key)
    logout_user()
    appearance = {name: session[name] for name in APPEARANCE if name in session}
    session.clear()
    session.renew()
    session.update(appearance)
    return advance("entry.phone")
