"""Asks again who is here, in the form itself, before what is dangerous: by the password or a code of the app.

Unlike for files, a sign-in does not count: whoever finds a desk where somebody signed in a moment ago.
"""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField

from cabinet.forms.base import StepForm
from cabinet.models.attempt import TooManyError
from cabinet.models.base import settings, unix_time
from cabinet.staff.confirmation import is_right
from cabinet.web import session_keys as keys
from cabinet.web.sessions import session


class ProvedForm(StepForm):
    """A form that only the member of staff may send: `proof` shows that, where nothing else did lately."""

    proof = PasswordField(_l("Ваш пароль или код из приложения"))


def proved_lately() -> bool:
    """Whether it was shown within CONFIRM_AFTER who is in this session."""
    proved = int(session.get(keys.STAFF_PROVED, 0))
    return unix_time() - proved < settings().confirm_after


def prove(form: ProvedForm) -> bool:
    """Whether it is shown who sends the form; errors go on its field. Counted like a sign-in."""
    if proved_lately():
        return True
    typed = form.proof.data or ""
    if not typed:
        form.proof.errors = [_("Введите ваш пароль или код из приложения.")]
        return False
    try:
        right = is_right(typed)
    except TooManyError as error:
        form.refuse(error, form.proof, _("Слишком много попыток. Повторите %(when)s."))
        return False
    if not right:
        form.proof.errors = [_("Не подходит. Введите ваш пароль или новый код из приложения.")]
        return False
    session[keys.STAFF_PROVED] = int(unix_time())
    return True
