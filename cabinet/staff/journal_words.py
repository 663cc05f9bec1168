"""The rows of the journal as sentences: what each action is called, and what its subject is."""

from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from cabinet.models.audit import Audit
from cabinet.staff.journal_help import ABOUT_DATA, CALLS, HELP, INVITING
from cabinet.staff.journal_imports import OF_IMPORTS


class Action(NamedTuple):
    """A kind of event: its sentence, what its subject names, and the kind that one filters by.

    «[взял|взяла]» is said as the person's name wants it.
    """

    kind: str
    subject: str
    text: Any


KINDS: dict[str, Any] = {
    "sign-in": _l("Вход сотрудников"),
    "requests": _l("Заявки"),
    "residents": _l("Жители"),
    "messages": _l("Сообщения"),
    "imports": _l("Загрузки"),
    "exports": _l("Выгрузки"),
    "staff": _l("Сотрудники и журнал"),
    "cabinets": _l("Действия жителей"),
}


def _about(kind: str, subject: str, texts: dict[str, Any]) -> dict[str, Action]:
    return {name: Action(kind, subject, text) for name, text in texts.items()}


ACTIONS: dict[str, Action] = {
    **_about(
        "sign-in",
        "",
        {
            "staff-signed-in": _l("%(who)s [вошёл|вошла]"),
            "staff-signed-out": _l("%(who)s [вышел|вышла]"),
            "staff-sign-in-failed": _l("Неудачная попытка входа: %(who)s"),
            "staff-recovery-code-used": _l("%(who)s: вход по коду восстановления"),
            "staff-passkey-used": _l("%(who)s: вход по ключу"),
            "staff-passkey-refused": _l("Не подошёл ключ входа: %(who)s"),
            "staff-passkey-added": _l("%(who)s [добавил|добавила] ключ входа"),
            "staff-passkey-removed": _l("%(who)s [убрал|убрала] ключ входа"),
            "staff-confirmed": _l("%(who)s [подтвердил|подтвердила], кто за экраном"),
            "staff-confirmation-failed": _l("Неверный пароль или код: %(who)s"),
        },
    ),
    **_about(
        "requests",
        "",
        {
            "staff-day-seen": _l("%(who)s [посмотрел|посмотрела] страницу дня"),
            "staff-requests-listed": _l("%(who)s [посмотрел|посмотрела] список заявок"),
            "staff-template-saved": _l("%(who)s [сохранил|сохранила] шаблон ответа"),
            "staff-template-deleted": _l("%(who)s [удалил|удалила] шаблон ответа"),
        },
    ),
    **_about(
        "requests",
        "request",
        {
            "staff-request-seen": _l("%(who)s [открыл|открыла] заявку %(what)s"),
            "staff-request-moved:in_work": _l("%(who)s [взял|взяла] заявку %(what)s"),
            "staff-request-moved:done": _l("%(who)s [выполнил|выполнила] заявку %(what)s"),
            "staff-request-moved:refused": _l("%(who)s [отклонил|отклонила] заявку %(what)s"),
            "staff-request-moved:new": _l("%(who)s [вернул|вернула] в новые заявку %(what)s"),
            "staff-request-handed": _l("%(who)s [передал|передала] заявку %(what)s: %(to)s"),
            "staff-request-accounts-searched": _l("%(who)s [искал|искала] счёт для заявки %(what)s"),
            "staff-request-matched": _l("%(who)s [нашёл|нашла] счёт для заявки %(what)s"),
            "staff-request-merged": _l("%(who)s [объединил|объединила] заявку %(what)s с заявкой %(into)s"),
            "staff-request-noted": _l("%(who)s [написал|написала] заметку к заявке %(what)s"),
            "staff-request-note-taken-back": _l("%(who)s [убрал|убрала] свою заметку к заявке %(what)s"),
            "staff-request-answered": _l("%(who)s [ответил|ответила] на заявку %(what)s"),
            "staff-request-read": _l("%(who)s [прочитал|прочитала] ответ в заявке %(what)s"),
            "staff-request-waits-again": _l("%(who)s [решил|решила], что заявка %(what)s ждёт ответа"),
            "staff-request-file-downloaded": _l("%(who)s [скачал|скачала] файл из заявки %(what)s"),
            "staff-request-file-seen": _l("%(who)s [посмотрел|посмотрела] файл из заявки %(what)s"),
            "request-answered": _l("%(who)s: новый ответ в заявке %(what)s"),
            "staff-receipt-downloaded": _l("%(who)s [скачал|скачала] квитанцию из заявки %(what)s"),
            "staff-receipt-seen": _l("%(who)s [посмотрел|посмотрела] квитанцию из заявки %(what)s"),
            "request-matched": _l("%(who)s: для заявки %(what)s найден лицевой счёт"),
            "request-sent": _l("%(who)s: отправлена заявка %(what)s"),
        },
    ),
    **_about(
        "residents",
        "",
        {
            "staff-searched": _l("%(who)s [искал|искала] заявки и жителей"),
            "staff-residents-listed": _l("%(who)s [посмотрел|посмотрела] список жителей"),
            "staff-registrations-listed": _l("%(who)s [посмотрел|посмотрела] незавершённые регистрации"),
            "codes-allowed": _l("%(who)s: номеру снова разрешены коды"),
            **ABOUT_DATA,
            **CALLS,
        },
    ),
    **_about("residents", "invitation", INVITING),
    **_about(
        "residents",
        "resident",
        {
            "staff-resident-seen": _l("%(who)s [открыл|открыла] карточку жителя: %(what)s"),
            "staff-resident-sessions-ended": _l("%(who)s [завершил|завершила] сеансы жителя: %(what)s"),
            "staff-resident-codes-allowed": _l("%(who)s снова [разрешил|разрешила] коды жителю: %(what)s"),
            "staff-resident-email-resent": _l(
                "%(who)s ещё раз [отправил|отправила] письмо для подтверждения почты: %(what)s"
            ),
            **HELP,
            "user-blocked": _l("%(who)s [закрыл|закрыла] вход жителю: %(what)s"),
            "staff-number-dropped": _l("%(who)s [отключил|отключила] новый номер жителя: %(what)s"),
            "user-unblocked": _l("%(who)s снова [открыл|открыла] вход жителю: %(what)s"),
        },
    ),
    **_about(
        "messages",
        "",
        {
            "staff-messages-listed": _l("%(who)s [посмотрел|посмотрела] список сообщений"),
            "staff-messages-retried": _l("%(who)s ещё раз [отправил|отправила] все недоставленные сообщения"),
            "staff-sms-asked": _l("%(who)s [узнавал|узнавала], почему не пришла СМС"),
            "staff-sms-figures": _l("%(who)s [посмотрел|посмотрела] доставку СМС"),
        },
    ),
    **_about(
        "messages",
        "message",
        {
            "staff-message-seen": _l("%(who)s [открыл|открыла] %(what)s"),
            "staff-message-retried": _l("%(who)s ещё раз [отправил|отправила] %(what)s"),
        },
    ),
    **_about(
        "imports",
        "",
        {
            "staff-imports-listed": _l("%(who)s [посмотрел|посмотрела] список загрузок"),
            "residents-import": _l("%(who)s: загружен список жителей"),
            "columns-saved": _l("%(who)s [указал|указала], где какие столбцы в файле"),
            "columns-forgotten": _l("%(who)s [удалил|удалила] сведения о столбцах файла"),
        },
    ),
    **_about("imports", "import", OF_IMPORTS),
    **_about(
        "imports",
        "period",
        {
            "billing-import": _l("%(who)s: загружены начисления за %(what)s"),
            "period-withdrawn": _l("%(who)s: начисления за %(what)s жителям больше не предлагаются"),
            "period-offered": _l("%(who)s: начисления за %(what)s снова предлагаются"),
        },
    ),
    **_about(
        "exports",
        "",
        {
            "staff-export-requests": _l("%(who)s [выгрузил|выгрузила] заявки"),
            "staff-export-residents": _l("%(who)s [выгрузил|выгрузила] список жителей"),
            "staff-export-spending": _l("%(who)s [выгрузил|выгрузила] расходы на СМС"),
            "staff-export-journal": _l("%(who)s [выгрузил|выгрузила] журнал"),
        },
    ),
    **_about(
        "staff",
        "",
        {
            "staff-audit-seen": _l("%(who)s [посмотрел|посмотрела] журнал"),
            "staff-people-listed": _l("%(who)s [посмотрел|посмотрела] список сотрудников"),
            "event-reader-added": _l("%(who)s: система получила доступ к ленте событий"),
            "event-reader-revoked": _l("%(who)s: доступ системы к ленте событий закрыт"),
            "staff-joined": _l("%(who)s: первый вход по приглашению"),
            "staff-password-changed": _l("%(who)s [изменил|изменила] свой пароль"),
            "staff-recovery-codes-made": _l("%(who)s [сделал|сделала] новые коды восстановления"),
        },
    ),
    **_about(
        "staff",
        "staff",
        {
            "staff-person-seen": _l("%(who)s [открыл|открыла] карточку сотрудника: %(what)s"),
            "staff-role-changed": _l("%(who)s [изменил|изменила] роль сотрудника: %(what)s"),
            "staff-renamed": _l("%(who)s [изменил|изменила] имя сотрудника: %(what)s"),
            "staff-added": _l("%(who)s: добавлен сотрудник %(what)s"),
            "staff-reset": _l("%(who)s: новые пароль и код входа у сотрудника %(what)s"),
            "staff-blocked": _l("%(who)s: закрыт вход сотруднику %(what)s"),
            "staff-unblocked": _l("%(who)s: снова открыт вход сотруднику %(what)s"),
        },
    ),
    **_about(
        "cabinets",
        "",
        {
            "registered": _l("%(who)s [зарегистрировался|зарегистрировалась]"),
            "renamed": _l("%(who)s [изменил|изменила] имя"),
            "email-changed": _l("%(who)s [изменил|изменила] почту"),
            "phone-changed": _l("%(who)s [изменил|изменила] номер телефона"),
            "phone-taken-back": _l("%(who)s [вернул|вернула] кабинет на прежний номер: код и квитанция"),
            "password-changed": _l("%(who)s [изменил|изменила] пароль"),
            "cabinets-merged": _l("%(who)s [объединил|объединила] два своих кабинета"),
            "cabinet-merged-away": _l("Кабинет закрыт: житель объединил его с другим своим"),
            "deletion-requested": _l("%(who)s [отозвал|отозвала] согласие: кабинет будет удалён"),
            "deletion-cancelled": _l("%(who)s [передумал|передумала]: кабинет остаётся"),
        },
    ),
    **_about(
        "cabinets",
        "account",
        {
            "account-linked": _l("%(who)s [добавил|добавила] лицевой счёт %(what)s"),
            "account-unlinked": _l("%(who)s [убрал|убрала] лицевой счёт %(what)s"),
        },
    ),
    **_about(
        "cabinets",
        "resident",
        {
            "number-passed-on": _l("Номер телефона перешёл к другому жителю. Прежний: %(what)s"),
            "deleted": _l("Кабинет удалён: %(what)s"),
        },
    ),
}


def action_of(row: Audit) -> Action:
    """What the row is about; for an action of a version to come, its own name."""
    state = row.detail.get("state", "") if isinstance(row.detail, dict) else ""
    found = ACTIONS.get(f"{row.action}:{state}") or ACTIONS.get(row.action)
    return found or Action("", "", f"%(who)s: {row.action}".replace("%", "%%").replace("%%(who)s", "%(who)s"))


def names_of(kind: str) -> list[str]:
    """The names of the actions of a kind, as rows have them."""
    return sorted({name.partition(":")[0] for name, action in ACTIONS.items() if action.kind == kind})
