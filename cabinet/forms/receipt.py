"""Three facts of a receipt that only its holder knows."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from flask_babel import format_date, get_locale
from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField
from wtforms.validators import ValidationError

from cabinet import fields
from cabinet.forms.base import ParsedField, StepForm
from cabinet.models.account import periods_and_digits


class ChargeForm(StepForm):
    """Three facts of a receipt that only its holder knows."""

    period = RadioField(_l("Расчётный период"), validate_choice=False)
    account = ParsedField(
        _l("Номер лицевого счёта"),
        fields.account_number,
        {
            "empty": _l("Введите номер лицевого счёта из квитанции."),
            "*": _l("Перепишите номер с квитанции: цифры и, если есть, буквы."),
        },
    )
    amount = ParsedField(
        _l("Сумма к оплате, ₽"),
        lambda text: fields.money(text, signed=True),
        {
            "empty": _l("Введите сумму к оплате из квитанции."),
            "*": _l("Напишите сумму так: 4 218,67."),
        },
    )

    photo = FileField(_l("Сфотографировать QR-код"))  # read by `web.photo`, which fills in the others

    digits_only = False  # no number of an account has letters, so the keyboard of a phone needs none
    missed = False
    nonsense = False  # something typed is no number of an account, or no sum
    offers_request = False  # the alternative is a connection request
    taken: tuple[str, ...] = ()  # names of the fields that a photo filled in
    not_offered: date | None = None  # month of a receipt that was photographed and is of no use

    def __init__(self, *args: Any, offered: tuple[list[date], bool] | None = None, **kwargs: Any) -> None:
        """`offered`: what `periods_and_digits` has answered to whoever asked already."""
        super().__init__(*args, **kwargs)
        self.months, self.digits_only = offered or periods_and_digits()
        language = str(get_locale())
        self.period.choices = [_choice(month, language) for month in self.months]
        self.period.flags.required = True
        if kwargs.get("formdata", self) is None and not self.period.data and self.period.choices:
            self.period.data = self.period.choices[0][0]  # on first sight: the newest

    @property
    def summary_title(self) -> Any:
        """What the list of errors is headed by where something typed makes no sense."""
        return _l("Введены некорректные данные") if self.nonsense else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields, and note whether something typed makes no sense."""
        good = super().validate(extra_validators)
        self.nonsense = any(field.errors and field.data for field in (self.account, self.amount))
        return good

    def validate_period(self, field: Any) -> None:
        """The period must be one that billing has."""
        if not field.data:
            raise ValidationError(_l("Выберите расчётный период."))
        try:
            field.value = fields.period(field.data)
        except fields.FieldError:
            raise ValidationError(_l("Выберите расчётный период из списка.")) from None
        if field.value not in self.months:
            raise ValidationError(_l("Выберите расчётный период из списка."))

    def take(self, account: str, period: date | None, amount: int | None) -> None:
        """Fill in what a receipt says, and remember what; what it does not say stays as typed.

        But for the period: the one that is chosen from the start may not be the receipt's.
        """
        texts = {
            "period": f"{period:%Y-%m}" if period else "",
            "account": account,
            "amount": amount_text(amount),
        }
        self._mark(tuple(name for name, text in texts.items() if text))
        self.period.data = ""
        for name in self.taken:
            self[name].data = texts[name]

    def _mark(self, taken: tuple[str, ...]) -> None:
        self.taken = taken
        for name in taken:
            self[name].flags.taken = True

    def not_found(self) -> None:
        """No account matches these three facts; the form does not say which one is wrong."""
        self.missed = self.offers_request = True
        self.form_errors.append(_l("Данного абонента нет в системе"))

    def remember(self) -> dict[str, Any]:
        """What was typed and what was wrong, what a photo filled in, and whether no account was found."""
        kept = super().remember()
        kept["typed"].pop("photo")
        month = self.not_offered.isoformat() if self.not_offered else ""
        return {
            **kept,
            "missed": self.missed,
            "taken": self.taken,
            "not_offered": month,
            "nonsense": self.nonsense,
        }

    def recall(self, rejected: Mapping[str, Any]) -> None:
        """Show again what `remember` kept, and the way to a connection request after a miss."""
        super().recall(rejected)
        self.missed = self.offers_request = bool(rejected.get("missed"))
        self.nonsense = bool(rejected.get("nonsense"))
        self._mark(tuple(rejected.get("taken", ())))
        if rejected.get("not_offered"):
            self.not_offered = date.fromisoformat(rejected["not_offered"])


@lru_cache(maxsize=64)
def _choice(month: date, _language: str) -> tuple[str, str]:
    """A month and its name in the language of the request, which is given to keep one for each."""
    return f"{month:%Y-%m}", format_date(month, "LLLL yyyy").capitalize()


def amount_text(kopecks: int | None) -> str:
    """A sum as it is typed: `4218,67`; nothing for None."""
    if kopecks is None:
        return ""
    return f"{'-' if kopecks < 0 else ''}{abs(kopecks) // 100},{abs(kopecks) % 100:02d}"
