"""Login by a password."""

from flask import Blueprint
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from cabinet.login.forms import PasswordForm
from cabinet.login.returning import ask_for_receipt, must_prove
from cabinet.models import EmailLink, OneTimeCode, User, WebSession
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.models.login import LoginAttempt
from cabinet.web import session_keys as keys
from cabinet.web.devices import known_device
from cabinet.web.extensions import hasher
from cabinet.web.flow import advance, flash, flashed, form_for_get, page, reject, start_over
from cabinet.web.happenings import record
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session
from cabinet.web.sign_in import begin_session, first_page, may_stay, resident
from cabinet.web.templating import APPEARANCE
from cabinet.wording.waits import wait_words

bp = Blueprint("login", __name__)


@bp.get("/login/password")
def password(form: PasswordForm | None = None) -> Response:
    """«Введите пароль» for the phone typed before, with a link to recover it."""
    if not session.get(keys.PHONE):
        return advance("entry.phone")
    user = _known_here()
    return page(
        "login/password.html",
        form=form or form_for_get(PasswordForm, stay=user is not None),
        phone=session[keys.PHONE],
        may_stay=may_stay(),
        confirm_email=bool(user and user.needs_email),
        notice=flashed(),
    )


def _known_here() -> User | None:
    """The resident, if this is their own browser: strangers learn nothing."""
    user = User.by_phone(session[keys.PHONE])
    return user if known_device(user) else None


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
            led_to = _try(form.password.data, form.stay.data)
    except TooManyError as error:
        form.locked = True
        form.refuse(error, form.password, _("Превышено число попыток входа. Попробуйте ещё раз %(when)s."))
        return reject(password, form)
    if led_to:
        return advance(led_to)
    form.password.errors = [_("Ошибка в логине или пароле. Проверьте номер телефона и пароль.")]
    return reject(password, form)


def _try(typed: str, stay: bool) -> str | None:
    """Where the password leads: if it is right, the resident is signed in. Raises TooManyError, BusyError."""
    phone = session[keys.PHONE]
    user = User.by_phone(phone)
    attempt = LoginAttempt.begin(
        phone, client_address(), _own_browser(user), user_agent(), pause=hasher().outside
    )
    stored = user.password_hash if user and user.is_active else None
    rehashed, led_to = None, ""

    def is_right() -> bool:
        nonlocal rehashed
        right = hasher().verify(typed, stored)
        if right and stored and hasher().needs_rehash(stored):
            rehashed = hasher().hash(typed)
        return right

    def come_in() -> None:
        nonlocal led_to
        assert user is not None  # or nothing was stored that could be right
        if rehashed:
            user.rehash(rehashed)
        if must_prove(user):
            led_to = ask_for_receipt(user)
            session.rotate()
        else:
            begin_session(user, stay=stay)

    return (led_to or first_page()) if attempt.verify(is_right, then=come_in) else None


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


@bp.post("/login/email")
def resend_email_link() -> Response:
    """Send the confirmation e-mail again, but only from the resident's own browser."""
    if not session.get(keys.PHONE):
        return start_over()
    user = _known_here()
    try:
        if user and user.needs_email:
            EmailLink.send(user)
    except TooManyError as error:
        flash(_("Письмо отправляли слишком часто. Попробуйте %(when)s.", when=wait_words(error.wait)), "info")
    else:
        flash(_("Отправили письмо. Откройте ссылку из него."))
    return advance("login.password")


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
