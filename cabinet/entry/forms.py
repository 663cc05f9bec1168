"""The forms of the door."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from cabinet import fields
from cabinet.forms import ParsedField, StepForm
from cabinet.models.base import settings

PHONE_MESSAGES = {
    "empty": _l("Введите номер мобильного телефона."),
    "landline": _l("Это городской номер. Нужен мобильный, чтобы получить код в СМС."),
    "foreign": _l("Нужен российский мобильный номер: он начинается на +7 9."),
    "*": _l("Введён некорректный номер телефона. Проверьте его: например, +7 916 123-45-67."),
}


def parse_phone(text: str) -> str:
    """A phone of the countries that the settings allow."""
    return fields.phone(text, settings().sms_countries)


class PhoneForm(StepForm):
    """Phone and consent. Consent is asked of newcomers only, so the view judges it."""

    phone = ParsedField(_l("Номер телефона"), parse_phone, PHONE_MESSAGES)
    consent = BooleanField(_l("Я даю согласие на обработку персональных данных"), false_values=("", "n", "0"))


class CodeForm(StepForm):
    """The code from the SMS."""

    code = ParsedField(
        _l("Код из СМС"),
        fields.code,
        {
            "empty": _l("Введите код из СМС."),
            "*": _l("Код — это 6 цифр из СМС. Введите их ещё раз."),
        },
    )
