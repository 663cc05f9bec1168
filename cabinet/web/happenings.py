"""Records what a visitor does to an account, and names events for residents and staff."""

from flask_babel import gettext as _
from flask_babel import pgettext

from cabinet.models.account_event import AccountEvent
from cabinet.models.user import User
from cabinet.web.security import client_address, user_agent


def record(kind: str, user: User, **detail: object) -> None:
    """Write what this browser did to a resident's account, inside the caller's transaction."""
    AccountEvent.record(kind, user.phone, client_address(), user_agent(), user.id, **detail)


def record_of(kind: str, phone: str, **detail: object) -> None:
    """Write what a browser did with a phone when nobody was signed in, inside the caller's transaction."""
    AccountEvent.record(kind, phone, client_address(), user_agent(), None, **detail)


def name_of(kind: str) -> str:
    """An event in the reader's language; its kind where it has no name."""
    return (_names() | _by_company()).get(kind, kind)


def _names() -> dict[str, str]:
    return {
        "signed-in": _("Вход в кабинет"),
        "signed-in-new": _("Вход с нового устройства"),
        "wrong-password": _("Введён неверный пароль"),
        "locked-out": _("Введён неверный пароль, вход на время закрыт"),
        "code-sent": _("Отправлен код подтверждения"),
        "wrong-code": _("Введён неверный код"),
        "recovered": _("Пароль задан заново по коду"),
        "receipt-asked": _("Попросили квитанцию: давно не было входов"),
        "receipt-proved": _("Квитанция подтверждена"),
        "cabinet-proved": _("Кабинет подтвердили, чтобы объединить с другим"),
        "passkey-added": _("Включён вход по отпечатку или лицу"),
        "passkey-removed": _("Отключён вход по отпечатку или лицу"),
        "max-linked": _("Подключён MAX"),
        "max-unlinked": _("Отключён MAX"),
        "passkey-refused": _("Не подошёл отпечаток или лицо"),
        "signed-out": _("Выход из кабинета"),
        "device-ended": _("Выход на другом устройстве"),
        "devices-ended": _("Выход на всех других устройствах"),
        "downloaded": _("Данные скачаны файлом"),
        "registered": _("Кабинет создан"),
        "request-sent": _("Заявка отправлена"),
        "account-linked": _("Адрес добавлен"),
        "account-unlinked": _("Адрес убран"),
        "renamed": _("Имя изменено"),
        "email-changed": pgettext("event", "Почта изменена"),
        "number-passed-on": _("Номер телефона перешёл к другому человеку"),
        "phone-changed": pgettext("event", "Номер телефона изменён"),
        "phone-taken-back": _("Кабинет возвращён на прежний номер"),
        "cabinets-merged": _("К кабинету присоединён другой"),
        "password-changed": pgettext("event", "Пароль изменён"),
        "deletion-requested": _("Согласие отозвано"),
        "deletion-cancelled": _("Кабинет оставлен"),
    }


def _by_company() -> dict[str, str]:
    return {
        "user-blocked": _("Вход закрыт компанией"),
        "user-unblocked": _("Вход снова открыт компанией"),
        "staff-resident-sessions-ended": _("Все сеансы завершены компанией"),
        "staff-resident-renamed": _("Имя исправлено компанией"),
        "staff-account-linked": _("Адрес добавлен компанией"),
        "staff-account-unlinked": _("Адрес убран компанией"),
        "staff-phone-change-asked": _("Компанию попросили сменить номер телефона"),
        "staff-number-dropped": _("Номер телефона отключён компанией"),
        "staff-cabinet-seen": _("Сотрудник компании открыл кабинет для просмотра"),
        "staff-data-request-recorded": _("Компания записала запрос о данных"),
        "staff-data-handed-out": _("Сотрудник компании открыл данные кабинета, чтобы выдать их по запросу"),
        "staff-data-request-closed": _("Компания ответила на запрос о данных"),
        "staff-deletion-requested": _("Согласие отозвано по обращению в компанию"),
        "staff-deletion-cancelled": _("Кабинет оставлен по обращению в компанию"),
        "staff-phone-changed": _("Номер телефона сменила компания"),
    }
