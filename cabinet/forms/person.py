"""What forms ask about a person: phone, name, e-mail, birth date."""

from datetime import date

from flask_babel import lazy_gettext as _l

from cabinet import fields
from cabinet.models.base import settings

PHONE_MESSAGES = {
    "empty": _l("Введите номер мобильного телефона."),
    "landline": _l("Это городской номер. Нужен мобильный, чтобы получить код в СМС."),
    "foreign": _l("Нужен российский мобильный номер: он начинается на +7 9."),
    "*": _l("Введён некорректный номер телефона. Проверьте его: например, +7 916 123-45-67."),
}
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


def parse_phone(text: str) -> str:
    """A phone of the countries that the settings allow."""
    return fields.phone(text, settings().sms_countries)


def date_text(value: date | None) -> str:
    """A birth date as people write it."""
    return value.strftime("%d.%m.%Y") if value else ""
