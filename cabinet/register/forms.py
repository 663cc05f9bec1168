"""The forms of the registration."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import ValidationError

from cabinet import fields
from cabinet.forms import ParsedField, StepForm
from cabinet.models.account import latest_periods
from cabinet.models.base import now

NAME_MESSAGES = {
    "too_long": _l("Слишком длинно. Сократите до 60 букв."),
    "*": _l("Напишите буквами, без цифр и знаков. Дефис и апостроф можно."),
}
EMAIL_MESSAGES = {
    "empty": _l("Введите адрес электронной почты."),
    "comma": _l("В адресе почты запятая вместо точки. Исправьте её."),
    "*": _l("Некорректно введена почта. Нужен адрес вида имя@почта.ру."),
}
BIRTH_DATE_MESSAGES = {
    "empty": _l("Введите дату рождения."),
    "short_year": _l("Напишите год четырьмя цифрами, например 1960."),
    "no_such_date": _l("Такой даты нет в календаре. Проверьте число и месяц."),
    "too_young": _l("Кабинет можно завести с 14 лет. Попросите взрослых."),
    "future": _l("Эта дата ещё не наступила. Проверьте год."),
    "too_old": _l("Проверьте год рождения."),
    "*": _l("Напишите дату так: 31.12.1960."),
}


class ChargeForm(StepForm):
    """Three facts of a receipt that only its holder knows."""

    period = RadioField(_l("Расчётный период"), validate_choice=False)
    account = ParsedField(
        _l("Номер лицевого счёта"),
        fields.account_number,
        {
            "empty": _l("Введите номер лицевого счёта из квитанции."),
            "*": _l("Введены некорректные данные. Перепишите номер с квитанции: цифры и, если есть, буквы."),
        },
    )
    amount = ParsedField(
        _l("Сумма к оплате, ₽"),
        lambda text: fields.money(text, signed=True),
        {
            "empty": _l("Введите сумму к оплате из квитанции."),
            "*": _l("Введены некорректные данные. Напишите сумму так: 4 218,67."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.period.choices = [
            (f"{p:%Y-%m}", format_date(p, "LLLL yyyy").capitalize()) for p in latest_periods()
        ]
        self.period.flags.required = True

    def validate_period(self, field: Any) -> None:
        """The period is one of those that billing has."""
        if not field.data:
            raise ValidationError(_l("Выберите расчётный период."))
        try:
            field.value = fields.period(field.data)
        except fields.FieldError:
            raise ValidationError(_l("Выберите расчётный период из списка.")) from None
        if field.value not in [fields.period(value) for value, _label in self.period.choices]:
            raise ValidationError(_l("Выберите расчётный период из списка."))

    missed = False
    offers_request = False  # the connection request is the other way on

    def not_found(self) -> None:
        """No account has these three facts; which one is wrong is not told."""
        self.missed = self.offers_request = True
        self.form_errors.append(_l("Данного абонента нет в системе"))

    def remember(self) -> dict[str, Any]:
        """As the base, and whether the account was missed."""
        return {**super().remember(), "missed": self.missed}

    def recall(self, rejected: Mapping[str, Any]) -> None:
        """As the base."""
        super().recall(rejected)
        self.missed = self.offers_request = bool(rejected.get("missed"))


class AddressForm(StepForm):
    """«Это ваш адрес?» — two buttons of one name carry the answer."""

    answer = StringField(_l("Это ваш адрес?"))

    def validate_answer(self, field: Any) -> None:
        """One of the two buttons."""
        if field.data not in ("yes", "no"):
            raise ValidationError(_l("Нажмите «Да» или «Нет»."))


class ProfileForm(StepForm):
    """Who the resident is."""

    last_name = ParsedField(
        _l("Фамилия"), fields.person_name, {"empty": _l("Введите фамилию."), **NAME_MESSAGES}
    )
    first_name = ParsedField(_l("Имя"), fields.person_name, {"empty": _l("Введите имя."), **NAME_MESSAGES})
    middle_name = ParsedField(_l("Отчество (если есть)"), fields.person_name, NAME_MESSAGES, optional=True)
    birth_date = ParsedField(
        _l("Дата рождения"),
        lambda text: fields.birth_date(text, now().date()),
        BIRTH_DATE_MESSAGES,
    )
    email = ParsedField(_l("Электронная почта"), fields.email, EMAIL_MESSAGES)


def date_text(value: date | None) -> str:
    """A birth date as people write it."""
    return value.strftime("%d.%m.%Y") if value else ""
