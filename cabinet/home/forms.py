"""The forms of the cabinet."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField

from cabinet import fields
from cabinet.forms.base import ParsedField, StepForm
from cabinet.forms.password import NewPasswordForm
from cabinet.forms.person import EMAIL_MESSAGES, PHONE_MESSAGES, NameFields, parse_phone
from cabinet.models.passkey import LONGEST_NAME


class NameForm(NameFields, StepForm):
    """Another name for the resident; none of the parts is checked."""


class ConfirmedForm(StepForm):
    """A form that only the resident may send: `current_password` shows that, where nothing else did."""

    current_password = PasswordField(_l("Ваш пароль"))


class EmailForm(ConfirmedForm):
    """Another e-mail address."""

    email = ParsedField(_l("Почта"), fields.email, EMAIL_MESSAGES)


class PhoneForm(ConfirmedForm):
    """Another phone, confirmed by a code sent to it as well."""

    phone = ParsedField(_l("Новый номер телефона"), parse_phone, PHONE_MESSAGES)


class OtherCabinetForm(StepForm):
    """Which other cabinet is the sender's, too; without the password, a code to its phone shows that."""

    phone = ParsedField(_l("Номер того кабинета"), parse_phone, PHONE_MESSAGES)
    password = PasswordField(_l("Пароль того кабинета"))


class MergeForm(ConfirmedForm):
    """To merge the other cabinet into this one, and what comes along only if that is wanted."""

    current_password = PasswordField(_l("Пароль этого кабинета"))
    email = BooleanField(false_values=("", "n", "0"))
    passkeys = BooleanField(false_values=("", "n", "0"))


class ChangePasswordForm(NewPasswordForm):
    """The current password and the new one."""

    current_password = PasswordField(_l("Нынешний пароль"))


class DeleteForm(ConfirmedForm):
    """To delete the cabinet."""


class ConfirmForm(ConfirmedForm):
    """To show who is here, and nothing else."""


class PasskeyNameForm(StepForm):
    """Another name for a passkey."""

    name = ParsedField(
        _l("Название"),
        lambda text: fields.line(text, LONGEST_NAME),
        {"too_long": _l("Слишком длинно. Сократите."), "*": _l("Напишите буквами или цифрами.")},
    )


class NewPasskeyForm(StepForm):
    """What the browser answered when it made a passkey; `home`: it was asked on the first page."""

    answer = StringField()
    home = StringField()


class DeviceForm(StepForm):
    """Which session to end: its number in the list, or "others"."""

    device = StringField()


class ButtonForm(StepForm):
    """A button and nothing else."""
