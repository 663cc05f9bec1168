"""Sentences of the journal: what staff do for who asked for it. The subject of HELP is the resident."""

from typing import Any

from flask_babel import lazy_gettext as _l

INVITING: dict[str, Any] = {  # its subject is the invitation
    "staff-invitation-sent": _l("%(who)s [пригласил|пригласила] по телефону: %(what)s"),
    "staff-invitation-withdrawn": _l("%(who)s [отозвал|отозвала] приглашение по телефону: %(what)s"),
    "staff-invitation-seen": _l("%(who)s [открыл|открыла] приглашение по телефону: %(what)s"),
    "invitation-denied": _l("Ответ на приглашение по телефону, что адрес не тот: %(what)s"),
}
CALLS: dict[str, Any] = {  # of nobody in particular
    "staff-invitations-listed": _l("%(who)s [посмотрел|посмотрела] приглашения по телефону"),
    "staff-invitation-accounts-searched": _l("%(who)s [искал|искала] лицевой счёт для приглашения"),
    "staff-accounts-search-refused": _l(
        "%(who)s [искал|искала] лицевые счета слишком часто, поиск закрыт на время"
    ),
    "staff-invitation-account-seen": _l("%(who)s [начал|начала] приглашать по телефону"),
    "staff-invitation-receipt-wrong": _l("%(who)s: по телефону назвали не те данные квитанции"),
}

HELP: dict[str, Any] = {
    "staff-cabinet-seen": _l("%(who)s [смотрел|смотрела] кабинет жителя: %(what)s"),
    "staff-resident-renamed": _l("%(who)s [исправил|исправила] имя жителя: %(what)s"),
    "staff-accounts-searched": _l("%(who)s [искал|искала] лицевой счёт для жителя: %(what)s"),
    "staff-account-linked": _l("%(who)s [добавил|добавила] жителю лицевой счёт: %(what)s"),
    "staff-account-unlinked": _l("%(who)s [убрал|убрала] у жителя лицевой счёт: %(what)s"),
    "staff-phone-change-asked": _l("%(who)s [попросил|попросила] сменить номер жителя: %(what)s"),
    "staff-phone-change-withdrawn": _l("%(who)s [передумал|передумала] менять номер жителя: %(what)s"),
    "staff-phone-change-refused": _l("%(who)s [отказал|отказала] в смене номера жителя: %(what)s"),
    "staff-phone-changed": _l("%(who)s [подтвердил|подтвердила] смену номера, номер сменён: %(what)s"),
    "staff-deletion-requested": _l(
        "%(who)s [подтвердил|подтвердила] отзыв согласия, кабинет удалят: %(what)s"
    ),
    "staff-deletion-cancelled": _l("%(who)s [отменил|отменила] удаление кабинета: %(what)s"),
}
ABOUT_DATA: dict[str, Any] = {
    "staff-data-requests-listed": _l("%(who)s [посмотрел|посмотрела] запросы о данных"),
    "staff-data-request-seen": _l("%(who)s [открыл|открыла] запрос о данных"),
    "staff-data-handed-out": _l("%(who)s [открыл|открыла] все сведения о человеке, чтобы их выдать"),
    "staff-data-request-recorded": _l("%(who)s [записал|записала] запрос о данных"),
    "staff-data-request-closed": _l("%(who)s [закрыл|закрыла] запрос о данных без удаления"),
    "staff-contact-requests-deleted": _l(
        "%(who)s [удалил|удалила] заявки, отправленные через MAX, по запросу"
    ),
    "staff-person-deletion-requested": _l(
        "%(who)s [подтвердил|подтвердила] удаление данных человека без кабинета"
    ),
    "staff-person-deletion-cancelled": _l("%(who)s [отменил|отменила] удаление данных человека без кабинета"),
    "deletion-held": _l("Данные не удалены: человек снова дал согласие, запрос ждёт решения"),
    "person-deleted": _l("Данные человека без кабинета удалены по запросу"),
}
