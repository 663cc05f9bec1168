"""Asks again who is here before sensitive changes, unless that was proved just now."""

from flask_babel import gettext as _
from flask_login import current_user

from cabinet.home.forms import ChangePasswordForm, ConfirmForm, DeleteForm, EmailForm, PhoneForm
from cabinet.models.attempt import TooManyError
from cabinet.models.base import settings, unix_time
from cabinet.models.login import LoginAttempt
from cabinet.web import session_keys as keys
from cabinet.web.extensions import hasher
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session


def confirmed_lately() -> bool:
    """Whether a password, a passkey or a code proved within CONFIRM_AFTER who is in this session."""
    proved: int = session.get(keys.CONFIRMED, 0)
    return unix_time() - proved < settings().confirm_after


def password_is_right(form: EmailForm | PhoneForm | ChangePasswordForm | DeleteForm | ConfirmForm) -> bool:
    """Check the current password, counted like a login; errors go on its field."""
    field = form.current_password
    typed, stored = field.data, current_user.password_hash
    if not typed:
        field.errors = [_("Введите ваш нынешний пароль.")]
        return False
    try:
        with hasher().place():  # before anything is counted
            # the resident's own session is counted separately, so that strangers cannot lock it out
            attempt = LoginAttempt.begin(
                current_user.phone,
                client_address(),
                "session:" + current_user.id,
                user_agent(),
                pause=hasher().outside,
            )
            right = attempt.verify(lambda: hasher().verify(typed, stored))
    except TooManyError as error:
        form.refuse(error, field, _("Слишком много попыток. Попробуйте ещё раз %(when)s."))
        return False
    if not right:
        field.errors = [_("Пароль не подходит. Введите его ещё раз.")]
        return False
    session[keys.CONFIRMED] = int(unix_time())
    return True
