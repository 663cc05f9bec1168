"""Form fields about a person: phone, name, e-mail, birth date."""

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from cabinet import fields
from cabinet.forms.base import ParsedField
from cabinet.models.base import now, settings

PHONE_MESSAGES = {
    "empty": _l("Введите номер мобильного телефона."),
    "one_missing": _l("Введён некорректный номер телефона: не хватает одной цифры."),
    "landline": _l("Это городской номер. Нужен мобильный, чтобы получить код в СМС."),
    "satellite": _l("На спутниковые номера код не отправить. Введите номер обычного мобильного."),
    "foreign": _l("Нужен российский мобильный номер: он начинается на +7 9."),
    "*": _l("Введён некорректный номер телефона. Проверьте его: например, +7 916 123-45-67."),
}
NAME_MESSAGES = {
    "too_long": _l("Слишком длинно. Сократите до 60 букв."),
    "*": _l("Напишите буквами, без цифр и знаков. Дефис и апостроф можно."),
}
EMAIL_MESSAGES = {
    "empty": _l("Введите адрес электронной почты."),
    "russian_letters": _l("Некорректно введена почта: в адресе есть русские буквы. Наберите его латинскими."),
    "comma": _l("В адресе почты запятая вместо точки. Исправьте её."),
    "*": _l("Некорректно введена почта. Например, anna@mail.ru."),
}
BIRTH_DATE_MESSAGES = {
    "empty": _l("Введите дату рождения."),
    "short_year": _l("Напишите год четырьмя цифрами, например 1960."),
    "no_such_date": _l("Такой даты нет в календаре. Проверьте число и месяц."),
    "too_young": LazyString(lambda: _too_young(settings().minimum_age)),
    "future": _l("Эта дата ещё не наступила. Проверьте год."),
    "too_old": _l("Проверьте год рождения."),
    "*": _l("Напишите дату так: 31.12.1960."),
}


class NameFields:
    """The three parts of a name; a mixin, to be listed before StepForm."""

    last_name = ParsedField(
        _l("Фамилия"), fields.person_name, {"empty": _l("Введите фамилию."), **NAME_MESSAGES}
    )
    first_name = ParsedField(_l("Имя"), fields.person_name, {"empty": _l("Введите имя."), **NAME_MESSAGES})
    middle_name = ParsedField(_l("Отчество (если есть)"), fields.patronymic, NAME_MESSAGES, optional=True)


def parse_phone(text: str) -> str:
    """A phone of the countries that the settings allow."""
    return fields.phone(text, settings().sms_countries)


def parse_birth_date(text: str) -> date:
    """The birth date of somebody as old as the settings allow."""
    s = settings()
    return fields.birth_date(text, now().date(), youngest=s.minimum_age, oldest=s.maximum_age)


def _too_young(age: int) -> str:
    sentence: str = ngettext(
        "Кабинет можно завести с %(num)d года. Попросите взрослых.",
        "Кабинет можно завести с %(num)d лет. Попросите взрослых.",
        age,
    )
    return sentence


def date_text(value: date | None) -> str:
    """A birth date as people write it."""
    return value.strftime("%d.%m.%Y") if value else ""
