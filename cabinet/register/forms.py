"""The forms of the registration."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import ValidationError

from cabinet import fields
from cabinet.forms.base import ParsedField, StepForm
from cabinet.forms.person import BIRTH_DATE_MESSAGES, EMAIL_MESSAGES, NameFields, parse_birth_date


class AddressForm(StepForm):
    """«Это ваш адрес?» — two buttons of one name carry the answer."""

    answer = StringField(_l("Это ваш адрес?"))

    def validate_answer(self, field: Any) -> None:
        """One of the two buttons."""
        if field.data not in ("yes", "no"):
            raise ValidationError(_l("Нажмите «Да» или «Нет»."))


class ProfileForm(NameFields, StepForm):
    """Who the resident is."""

    birth_date = ParsedField(
        _l("Дата рождения"),
        parse_birth_date,
        BIRTH_DATE_MESSAGES,
    )
    email = ParsedField(_l("Почта"), fields.email, EMAIL_MESSAGES)
