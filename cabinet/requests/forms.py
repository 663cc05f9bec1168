"""The form of the connection request, and the two fields by which its state is looked up."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import FileField, HiddenField, StringField
from wtforms.validators import StopValidation

from cabinet import fields
from cabinet.forms.base import ParsedField, StepForm
from cabinet.forms.person import EMAIL_MESSAGES, PHONE_MESSAGES, NameFields, parse_phone
from cabinet.models.base import new_id
from cabinet.models.request import ANSWERS
from cabinet.receipts.errors import RefusedFileError
from cabinet.receipts.validation import MOST_BYTES, Receipt, validate

FILE_MESSAGES = {
    "empty": _l("Файл пустой. Выберите другой."),
    "too_large": _l("Файл больше 10 МБ. Выберите файл поменьше."),
    "avif": _l("Фото в формате AVIF мы открыть не можем. Сохраните его как JPEG или сделайте снимок экрана."),
    "unknown": _l("Подойдёт фото (JPEG, PNG, WebP) или PDF. Выберите такой файл."),
    "suspicious": _l("Этот файл открыть нельзя. Сфотографируйте квитанцию."),
    "broken": _l("Файл повреждён и не открывается. Выберите другой."),
    "too_many_pixels": _l("Фото слишком большое: больше 25 мегапикселей. Сделайте снимок поменьше."),
    "too_many_pages": _l("В этом PDF больше 10 страниц. Оставьте только квитанцию."),
    "pdf_active": _l("В этом PDF есть программы или вложения, мы его не приняли. Сфотографируйте квитанцию."),
    "pdf_encrypted": _l("Этот PDF защищён паролем. Сфотографируйте квитанцию."),
    "too_slow": _l("Этот файл слишком сложный, мы его не приняли. Сфотографируйте квитанцию ещё раз."),
    "busy": _l("Сейчас много посетителей. Отправьте файл ещё раз через минуту."),
    "several": _l("Выберите один файл."),
    "not_kept": _l("Файл сейчас не сохраняется. Отправьте заявку без него или попробуйте позже."),
}


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


class ReceiptField(FileField):  # type: ignore[misc]  # WTForms ships no types
    """A file, checked by its content; `value` is the `Receipt`, None without a file."""

    value: Receipt | None = None
    digest = ""

    def pre_validate(self, form: Any) -> None:
        """Check the file, or put the error's sentence on the field."""
        sent = [file for file in request.files.getlist(self.name) if file.filename]
        if not sent:
            return
        if len(sent) > 1:
            raise StopValidation(FILE_MESSAGES["several"])
        data = sent[0].stream.read(MOST_BYTES + 1)
        try:
            self.value = validate(data)
        except RefusedFileError as error:
            raise StopValidation(FILE_MESSAGES[error.code]) from None
        self.digest = hashlib.sha256(data).hexdigest()


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
    receipt = ReceiptField(_l("Фото или PDF квитанции"))
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


class StatusForm(StepForm):
    """Number and phone of a request."""

    number = ParsedField(
        _l("Номер заявки"),
        lambda text: re.sub(r"[^0-9]", "", fields.line(text, 40)),
        {"empty": _l("Введите номер заявки из письма."), "*": _l("Введите восемь цифр номера из письма.")},
    )
    phone = ParsedField(_l("Ваш телефон"), parse_phone, PHONE_MESSAGES)
