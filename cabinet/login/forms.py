"""The forms of the login."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField

from cabinet.forms.base import StepForm


class PasswordForm(StepForm):
    """The password of the phone typed before. `locked`: too many attempts, recovery is offered."""

    locked = False
    password = PasswordField(_l("Пароль"))
    stay = BooleanField(_l("Не выходить на этом устройстве"), false_values=("", "n", "0"))
