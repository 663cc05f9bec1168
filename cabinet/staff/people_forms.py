"""Forms about members of the staff, and of their own sign-in."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, StringField
from wtforms.validators import AnyOf

from cabinet import fields
from cabinet.forms.base import ParsedField, StepForm
from cabinet.forms.person import EMAIL_MESSAGES
from cabinet.models.base import settings
from cabinet.models.staff import ROLES, SHORTEST_PASSWORD, Staff
from cabinet.passwords.rules import PasswordPolicy, Personal, check
from cabinet.staff.step_up import ProvedForm

LONGEST_NAME = 100
RULES: dict[str, Any] = {
    "length": _l("не короче %(n)s знаков"),
    "letters": _l("есть буквы"),
    "digits": _l("есть цифры"),
    "common": _l("не встречается в утечках паролей"),
    "personal": _l("не похож на ваш адрес"),
}


def _name_field() -> ParsedField:
    return ParsedField(
        _l("Имя и фамилия"),
        lambda text: fields.line(text, LONGEST_NAME),
        {"too_long": _l("Слишком длинно. Сократите."), "*": _l("Напишите имя и фамилию.")},
    )


def _role_field() -> RadioField:
    return RadioField(
        _l("Кто это"),
        choices=[("clerk", _l("Оператор")), ("admin", _l("Администратор"))],
        default="clerk",
        validators=[AnyOf(ROLES, message=_l("Выберите, кто это."))],
    )


class InviteForm(ProvedForm):
    """A new member of staff."""

    full_name = _name_field()
    email = ParsedField(_l("Почта"), fields.email, EMAIL_MESSAGES)
    role = _role_field()


class PersonForm(ProvedForm):
    """Another name or role."""

    full_name = _name_field()
    role = _role_field()


class ResetForm(ProvedForm):
    """A new invitation in place of password and authenticator."""


class BlockForm(ProvedForm):
    """To block somebody ("y"), or unblock."""

    blocked = StringField()


class NewStaffPasswordForm(StepForm):
    """A new password of one's own."""

    password = PasswordField(_l("Новый пароль"))

    def meets_rules(self, staff: Staff) -> bool:
        """Check the password; errors go on its field."""
        personal = Personal(names=(staff.email.split("@")[0],))
        policy = PasswordPolicy(min_length=SHORTEST_PASSWORD, max_length=settings().password_max_length)
        unmet = [rule.name for rule in check(policy, self.password.data or "", personal) if not rule.met]
        if unmet:
            words = "; ".join(str(RULES[name]) % {"n": SHORTEST_PASSWORD} for name in unmet if name in RULES)
            self.password.errors = [_("Пароль не подходит. Нужно: %(rules)s.", rules=words)]
        return not unmet


class OwnPasswordForm(NewStaffPasswordForm):
    """The present password and a new one."""

    current = PasswordField(_l("Нынешний пароль"))


class JoinForm(NewStaffPasswordForm):
    """What an invited person chooses, and the code that shows that the authenticator works."""

    code = ParsedField(_l("Код из приложения"), fields.code, {"*": _l("Введите шесть цифр из приложения.")})


class CodesForm(ProvedForm):
    """To make new recovery codes."""
