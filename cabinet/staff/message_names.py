"""What messages are about, as staff read it in their list: for each template of letters, SMS and events."""

from flask_babel import gettext as _
from flask_babel import pgettext

from cabinet.models.choosing import STAFF


def message_names() -> dict[str, str]:
    """Words by the name of the template; letters of staff have their prefix."""
    names = {
        "code": _("Код подтверждения"),
        "invitation": _("Приглашение в кабинет"),
        "confirm_email": _("Подтверждение почты"),
        **_of_sign_in(),
        **_of_accounts(),
        **_of_requests(),
        **_of_max(),
        "alarm": _("Тревога"),
        "alarm_over": _("Тревога снята"),
        "delivery_late": _("Сообщения задерживаются"),
    }
    return names | {f"{STAFF}{name}": words for name, words in names.items()}


def _of_sign_in() -> dict[str, str]:
    return {
        "new_device": _("Вход с нового устройства"),
        "password_changed": pgettext("event", "Пароль изменён"),
        "passkey_added": _("Вход по отпечатку включён"),
        "passkey_removed": _("Вход по отпечатку отключён"),
        "access_closed": _("Вход закрыт"),
        "email_changed": pgettext("event", "Почта изменена"),
        "phone_change_asked": _("Просьба сменить номер"),
        "phone_changed": pgettext("event", "Номер телефона изменён"),
        "number_passed_on": _("Номер перешёл к другому"),
        "name_corrected": _("Имя исправлено"),
        "profile_changed": _("Данные жителя изменены"),
        "registered": _("Новый житель"),
    }


def _of_accounts() -> dict[str, str]:
    return {
        "account_linked": _("Адрес добавлен"),
        "account_linked_by_staff": _("Адрес добавлен сотрудником"),
        "account_linked_by_other": _("Адрес добавлен в другой кабинет"),
        "account_unlinked": _("Адрес убран"),
        "account_unlinked_by_staff": _("Адрес убран сотрудником"),
        "cabinets_merged": _("Кабинеты объединены"),
        "deletion_requested": _("Кабинет будет удалён"),
        "deletion_cancelled": _("Кабинет оставлен"),
        "deleted": _("Кабинет удалён"),
    }


def _of_requests() -> dict[str, str]:
    return {
        "connection_request": _("Новая заявка"),
        "request_received": _("Заявка принята"),
        "request_taken": _("Заявка взята в работу"),
        "request_done": _("Заявка выполнена"),
        "request_matched": _("Адрес заявки появился"),
        "request_answered": _("Житель написал по заявке"),
        "request_merged": _("Заявки объединены"),
        "staff_reply": _("Ответ на заявку"),
    }


def _of_max() -> dict[str, str]:
    return {
        "max_linked": _("MAX подключён"),
        "max_unlinked": _("MAX отключён"),
        "max_hello": _("Приветствие в MAX"),
        "max_contact": _("Просьба прислать контакт в MAX"),
        "max_no_code": _("Ответ в MAX, почему кода нет"),
    }
