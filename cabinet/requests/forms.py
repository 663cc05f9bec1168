"""The form of the connection request, and the two fields by which its state is looked up."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from cabinet import fields
from cabinet.forms.base import ParsedField, StepForm
from cabinet.forms.person import EMAIL_MESSAGES, PHONE_MESSAGES, NameFields, parse_phone
from cabinet.forms.sent_file import SentFileField
from cabinet.models.base import new_id
from cabinet.models.request import ANSWERS


def _line(label: Any, longest: int, empty: Any = None) -> ParsedField:
    """A field of one line, required if it has a sentence for when it is empty."""
    messages = {
        "too_long": _l("Слишком длинно. Сократите."),
        "no_words": _l("Напишите буквами или цифрами."),
        "*": _l("Проверьте, что введено."),
    }
    if empty:
        messages["empty"] = empty
    return ParsedField(label, lambda text: fields.line(text, longest), messages, optional=not empty)


class RequestForm(NameFields, StepForm):
    """Everything that staff need to connect an address. `key` is the form's own: it is sent once."""

    phone = StringField(_l("Телефон"))
    email = ParsedField(_l("Почта"), fields.email, EMAIL_MESSAGES)
    city = _line(_l("Город или посёлок"), 100, _l("Введите город или посёлок."))
    street = _line(_l("Улица"), 100, _l("Введите улицу. Если улиц нет, повторите название посёлка."))
    house = _line(_l("Дом"), 20, _l("Введите номер дома."))
    building = _line(_l("Корпус"), 20)
    flat = _line(_l("Квартира"), 20)
    account = _line(_l("Номер лицевого счёта"), 64)
    comment = ParsedField(
        _l("Комментарий"),
        lambda text: fields.paragraphs(text, 1000),
        {"*": _l("Слишком длинно. Сократите до 1000 знаков.")},
        optional=True,
    )
    receipt = SentFileField(_l("Фото или PDF квитанции"))
    key = HiddenField()

    file_again = False  # a file was sent with what is shown again, and has to be chosen again

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phone.flags.required = True
        if not re.fullmatch(r"[A-Za-z0-9_-]{8,64}", self.key.data or ""):
            self.key.data = new_id() if kwargs.get("formdata", "") is None else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields; a file that came with something wrong has to be chosen again."""
        good = super().validate(extra_validators)
        self.file_again = not good and self.receipt.value is not None
        return good

    def answers(self) -> dict[str, str]:
        """The parsed answers by the names that `ConnectionRequest.submit` takes."""
        try:
            account_key = fields.account_number(self.account.value)
        except fields.FieldError:
            account_key = ""
        return {n: account_key if n == "account_key" else self[n].value for n in ANSWERS}

    def remember(self) -> dict[str, Any]:
        """What was typed and what was wrong, without the file and the phone, which is the verified one."""
        kept = super().remember()
        kept["typed"] = {n: v for n, v in kept["typed"].items() if n not in ("receipt", "phone")}
        return {**kept, "file_again": self.file_again}

    def recall(self, rejected: Mapping[str, Any]) -> None:
        """Show again what `remember` kept, and that the file has to be chosen again."""
        super().recall(rejected)
        self.file_again = bool(rejected.get("file_again"))


class AnswerForm(StepForm):
    """What a resident writes to staff about a request: words, a file, or both."""

    answer = ParsedField(
        _l("Написать сотруднику"),
        lambda text: fields.paragraphs(text, 2000),
        {"*": _l("Слишком длинно. Сократите до 2000 знаков.")},
        optional=True,
    )
    file = SentFileField(_l("Фото или PDF"))

    file_again = False  # as in `RequestForm`

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the words and the file; one of them must be there."""
        good = super().validate(extra_validators)
        if good and not self.answer.value and self.file.value is None:
            self.answer.errors = [_l("Напишите ответ или приложите файл.")]
            good = False
        self.file_again = not good and self.file.value is not None
        return good

    def remember(self) -> dict[str, Any]:
        """What was typed and what was wrong, without the file."""
        kept = super().remember()
        return {**kept, "typed": {"answer": kept["typed"]["answer"]}, "file_again": self.file_again}

    def recall(self, rejected: Mapping[str, Any]) -> None:
        """Show again what `remember` kept, and that the file has to be chosen again."""
        super().recall(rejected)
        self.file_again = bool(rejected.get("file_again"))


class StatusForm(StepForm):
    """Number and phone of a request."""

    number = ParsedField(
        _l("Номер заявки"),
        lambda text: re.sub(r"[^0-9]", "", fields.line(text, 40)),
        {"empty": _l("Введите номер заявки из письма."), "*": _l("Введите восемь цифр номера из письма.")},
    )
    phone = ParsedField(_l("Ваш телефон"), parse_phone, PHONE_MESSAGES)
