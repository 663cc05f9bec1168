"""Fills the three facts of a receipt from the code on a photo of it; nothing of the photo is kept."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cabinet.forms.receipt import ChargeForm
from cabinet.models.account import latest_periods
from cabinet.models.attempt import TooManyError
from cabinet.models.base import settings
from cabinet.models.limits import take_all
from cabinet.receipts import codes
from cabinet.receipts.errors import ForeignReceiptError, RefusedFileError
from cabinet.receipts.reading import asking_billing, choose
from cabinet.web.current import request
from cabinet.web.security import client_address, client_network

CLOSER = _l("Не видим кода. Подойдите ближе, уберите тень и снимите код целиком, чтобы он был резким.")
MESSAGES = {
    "none": _l("Сначала сфотографируйте код или выберите файл."),
    "empty": _l("Файл пустой. Выберите другой."),
    "too_large": _l("Файл больше 20 МБ. Снимите один код — так файл будет меньше."),
    "unknown": _l("Подойдёт фото или PDF. Выберите такой файл."),
    "too_many_pixels": _l("Снимок слишком большой. Откройте его, увеличьте код и пришлите снимок экрана."),
    "pdf_encrypted": _l("Этот PDF защищён паролем. Сделайте снимок экрана с кодом."),
    "broken": _l("Этот файл открыть не получилось. Сфотографируйте код."),
    "too_slow": _l("Не успели найти код. Снимите его вблизи, чтобы он был крупным и резким."),
    "busy": _l("Сейчас читаем много снимков. Отправьте ещё раз через минуту."),
    "no_code": CLOSER,
    "other_code": _l("В этом коде нет данных квитанции. Снимите другой: обычно он рядом с реквизитами."),
    "two_codes": _l("На снимке несколько квитанций. Подойдите ближе и снимите один код."),
    "foreign": _l("Это квитанция другой организации. Снимите код на нашей."),
}


def photo_row(address: str) -> dict[str, Any]:
    """What the template of the three fields needs; `address` takes the photo."""
    return {
        "photo_address": address,
        "photo_limit": codes.MOST_BYTES,
        "photo_too_large": MESSAGES["too_large"],
    }


def fill_from_photo(form: ChargeForm, phone: str) -> bool:
    """Fill in what the photo sent with the form says; else put a sentence beside it and change nothing.

    `phone` is the sender's, by which photos are counted. They cost no look-up.
    """
    photos = [file for file in request.files.getlist("photo") if file.filename]
    if not photos:
        form.photo.errors = [MESSAGES["none"]]
        return False
    try:
        take_all((("photo-phone", phone), ("photo-ip", client_network())))
        _fill(form, photos[0].stream.read(codes.MOST_BYTES + 1), phone)
    except TooManyError as error:
        form.refuse(error, form.photo, _("Снимков уже много. Введите данные сами или снимите %(when)s."))
    except ForeignReceiptError as error:
        form.photo.errors = [_foreign(error.payee)]
    except RefusedFileError as error:
        form.photo.errors = [MESSAGES[error.code]]
    return not form.photo.errors


def _fill(form: ChargeForm, data: bytes, phone: str) -> None:
    ask = asking_billing(phone, client_address())
    reading = choose(codes.read(data), settings().receipt_inns, latest_periods(), ask)
    form.take(reading.account, reading.period, reading.amount)
    form.not_offered = reading.not_offered


def _foreign(payee: str) -> str:
    if not payee:
        return str(MESSAGES["foreign"])
    return str(_("Это квитанция другой организации: %(name)s. Снимите код на нашей.", name=payee))
