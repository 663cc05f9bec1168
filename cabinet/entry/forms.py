"""The forms for the phone and the code."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from cabinet import fields
from cabinet.forms.base import ParsedField, StepForm
from cabinet.forms.person import PHONE_MESSAGES, parse_phone


class PhoneForm(StepForm):
    """Phone and consent. Only newcomers are asked for consent, so the view checks it."""

    phone = ParsedField(_l("Номер телефона"), parse_phone, PHONE_MESSAGES)
    consent = BooleanField(_l("Я даю согласие на обработку персональных данных"), false_values=("", "n", "0"))


class CodeForm(StepForm):
    """The code from the SMS.

    `wait`: seconds until another SMS, where that was refused. `spent`: the code's tries are.
    """

    wait = 0
    spent = False
    code = ParsedField(
        _l("Код из СМС"),
        fields.code,
        {
            "empty": _l("Введите код из СМС."),
            "*": _l("Код — это 6 цифр из СМС. Введите их ещё раз."),
        },
    )
