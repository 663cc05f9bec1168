"""A photo or PDF that comes with a form: checked by its content, drawn anew."""

import hashlib
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import FileField
from wtforms.validators import StopValidation

from cabinet.receipts.errors import RefusedFileError
from cabinet.receipts.validation import MOST_BYTES, Receipt, validate

LARGEST_BODY = 32 * 1024 * 1024  # more than a file may have: a form with too large a file is answered
KINDS = "image/jpeg,image/png,image/webp,application/pdf"  # for the browser's choice of files

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


class SentFileField(FileField):  # type: ignore[misc]  # WTForms ships no types
    """A file, checked by its content; `value` is the `Receipt`, None without a file."""

    value: Receipt | None = None
    digest = ""

    def pre_validate(self, form: Any) -> None:
        """Check the file, or put the error's sentence on the field."""
        try:
            self.value, self.digest = sent_file(self.name)
        except RefusedFileError as error:
            raise StopValidation(FILE_MESSAGES[error.code]) from None


def sent_file(name: str) -> tuple[Receipt | None, str]:
    """The file that came in this field, drawn anew, and the digest of what came; None and "" without one.

    Raises RefusedFileError, whose code is one of FILE_MESSAGES.
    """
    sent = [file for file in request.files.getlist(name) if file.filename]
    if not sent:
        return None, ""
    if len(sent) > 1:
        raise RefusedFileError("several")
    data = sent[0].stream.read(MOST_BYTES + 1)
    return validate(data), hashlib.sha256(data).hexdigest()
