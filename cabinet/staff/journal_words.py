"""The rows of the journal as sentences: what each action is called, and what its subject is."""

from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from cabinet.models.audit import Audit


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

ACTIONS: dict[str, Action] = {
    name: Action(*rest)
    for name, *rest in (
        ("staff-signed-in", "sign-in", "", _l("%(who)s [вошёл|вошла]")),
        ("staff-signed-out", "sign-in", "", _l("%(who)s [вышел|вышла]")),
        ("staff-sign-in-failed", "sign-in", "", _l("Неудачная попытка входа: %(who)s")),
        ("staff-confirmed", "sign-in", "", _l("%(who)s [подтвердил|подтвердила], кто за экраном")),
        ("staff-confirmation-failed", "sign-in", "", _l("Неверный пароль или код: %(who)s")),
        ("staff-requests-listed", "requests", "", _l("%(who)s [посмотрел|посмотрела] список заявок")),
        ("staff-request-seen", "requests", "request", _l("%(who)s [открыл|открыла] заявку %(what)s")),
        (
            "staff-request-moved:in_work",
            "requests",
            "request",
            _l("%(who)s [взял|взяла] заявку %(what)s"),
        ),
        (
            "staff-request-moved:done",
            "requests",
            "request",
            _l("%(who)s [выполнил|выполнила] заявку %(what)s"),
        ),
        (
            "staff-request-moved:refused",
            "requests",
            "request",
            _l("%(who)s [отклонил|отклонила] заявку %(what)s"),
        ),
        (
            "staff-request-moved:new",
            "requests",
            "request",
            _l("%(who)s [вернул|вернула] в новые заявку %(what)s"),
        ),
        (
            "staff-request-handed",
            "requests",
            "request",
            _l("%(who)s [передал|передала] заявку %(what)s: %(to)s"),
        ),
        (
            "staff-request-noted",
            "requests",
            "request",
            _l("%(who)s [написал|написала] заметку к заявке %(what)s"),
        ),
        (
            "staff-request-answered",
            "requests",
            "request",
            _l("%(who)s [ответил|ответила] на заявку %(what)s"),
        ),
        (
            "staff-request-read",
            "requests",
            "request",
            _l("%(who)s [прочитал|прочитала] ответ в заявке %(what)s"),
        ),
        (
            "staff-request-file-downloaded",
            "requests",
            "request",
            _l("%(who)s [скачал|скачала] файл из заявки %(what)s"),
        ),
        ("request-answered", "requests", "request", _l("%(who)s: новый ответ в заявке %(what)s")),
        ("staff-template-saved", "requests", "", _l("%(who)s [сохранил|сохранила] шаблон ответа")),
        ("staff-template-deleted", "requests", "", _l("%(who)s [удалил|удалила] шаблон ответа")),
        (
            "staff-receipt-downloaded",
            "requests",
            "request",
            _l("%(who)s [скачал|скачала] квитанцию из заявки %(what)s"),
        ),
        ("request-matched", "requests", "request", _l("%(who)s: для заявки %(what)s найден лицевой счёт")),
        ("request-sent", "requests", "request", _l("%(who)s: отправлена заявка %(what)s")),
        ("staff-residents-listed", "residents", "", _l("%(who)s [посмотрел|посмотрела] список жителей")),
        (
            "staff-resident-seen",
            "residents",
            "resident",
            _l("%(who)s [открыл|открыла] карточку жителя: %(what)s"),
        ),
        (
            "staff-resident-sessions-ended",
            "residents",
            "resident",
            _l("%(who)s [завершил|завершила] сеансы жителя: %(what)s"),
        ),
        (
            "staff-resident-codes-allowed",
            "residents",
            "resident",
            _l("%(who)s снова [разрешил|разрешила] коды жителю: %(what)s"),
        ),
        (
            "staff-resident-email-resent",
            "residents",
            "resident",
            _l("%(who)s ещё раз [отправил|отправила] письмо для подтверждения почты: %(what)s"),
        ),
        (
            "user-blocked",
            "residents",
            "resident",
            _l("%(who)s [закрыл|закрыла] вход жителю: %(what)s"),
        ),
        (
            "user-unblocked",
            "residents",
            "resident",
            _l("%(who)s снова [открыл|открыла] вход жителю: %(what)s"),
        ),
        (
            "staff-registrations-listed",
            "residents",
            "",
            _l("%(who)s [посмотрел|посмотрела] незавершённые регистрации"),
        ),
        ("codes-allowed", "residents", "", _l("%(who)s: номеру снова разрешены коды")),
        ("staff-messages-listed", "messages", "", _l("%(who)s [посмотрел|посмотрела] список сообщений")),
        (
            "staff-message-seen",
            "messages",
            "message",
            _l("%(who)s [открыл|открыла] %(what)s"),
        ),
        ("staff-message-retried", "messages", "message", _l("%(who)s ещё раз [отправил|отправила] %(what)s")),
        (
            "staff-messages-retried",
            "messages",
            "",
            _l("%(who)s ещё раз [отправил|отправила] все недоставленные сообщения"),
        ),
        ("staff-sms-asked", "messages", "", _l("%(who)s [узнавал|узнавала], почему не пришла СМС")),
        ("staff-sms-figures", "messages", "", _l("%(who)s [посмотрел|посмотрела] доставку СМС")),
        ("staff-imports-listed", "imports", "", _l("%(who)s [посмотрел|посмотрела] список загрузок")),
        ("staff-import-seen", "imports", "import", _l("%(who)s [открыл|открыла] загрузку: %(what)s")),
        (
            "staff-import-uploaded",
            "imports",
            "import",
            _l("%(who)s [прислал|прислала] файл начислений: %(what)s"),
        ),
        (
            "staff-import-rejects-downloaded",
            "imports",
            "import",
            _l("%(who)s [скачал|скачала] отклонённые строки файла: %(what)s"),
        ),
        (
            "staff-import-undo-ordered",
            "imports",
            "import",
            _l("%(who)s [отменил|отменила] загрузку: %(what)s"),
        ),
        ("billing-import", "imports", "period", _l("%(who)s: загружены начисления за %(what)s")),
        ("billing-import-undone", "imports", "import", _l("%(who)s: загрузка отменена: %(what)s")),
        (
            "billing-import-failed",
            "imports",
            "import",
            _l("%(who)s: загрузка не удалась и отменена: %(what)s"),
        ),
        ("residents-import", "imports", "", _l("%(who)s: загружен список жителей")),
        (
            "period-withdrawn",
            "imports",
            "period",
            _l("%(who)s: начисления за %(what)s жителям больше не предлагаются"),
        ),
        ("period-offered", "imports", "period", _l("%(who)s: начисления за %(what)s снова предлагаются")),
        ("columns-saved", "imports", "", _l("%(who)s [указал|указала], где какие столбцы в файле")),
        ("columns-forgotten", "imports", "", _l("%(who)s [удалил|удалила] сведения о столбцах файла")),
        ("staff-export-requests", "exports", "", _l("%(who)s [выгрузил|выгрузила] заявки")),
        ("staff-export-residents", "exports", "", _l("%(who)s [выгрузил|выгрузила] список жителей")),
        ("staff-export-spending", "exports", "", _l("%(who)s [выгрузил|выгрузила] расходы на СМС")),
        ("staff-export-journal", "exports", "", _l("%(who)s [выгрузил|выгрузила] журнал")),
        ("staff-audit-seen", "staff", "", _l("%(who)s [посмотрел|посмотрела] журнал")),
        ("staff-added", "staff", "staff", _l("%(who)s: добавлен сотрудник %(what)s")),
        ("staff-reset", "staff", "staff", _l("%(who)s: новые пароль и код входа у сотрудника %(what)s")),
        ("staff-blocked", "staff", "staff", _l("%(who)s: закрыт вход сотруднику %(what)s")),
        ("staff-unblocked", "staff", "staff", _l("%(who)s: снова открыт вход сотруднику %(what)s")),
        ("registered", "cabinets", "", _l("%(who)s [зарегистрировался|зарегистрировалась]")),
        ("renamed", "cabinets", "", _l("%(who)s [изменил|изменила] имя")),
        ("email-changed", "cabinets", "", _l("%(who)s [изменил|изменила] почту")),
        ("phone-changed", "cabinets", "", _l("%(who)s [изменил|изменила] номер телефона")),
        ("password-changed", "cabinets", "", _l("%(who)s [изменил|изменила] пароль")),
        ("account-linked", "cabinets", "account", _l("%(who)s [добавил|добавила] лицевой счёт %(what)s")),
        ("account-unlinked", "cabinets", "account", _l("%(who)s [убрал|убрала] лицевой счёт %(what)s")),
        (
            "deletion-requested",
            "cabinets",
            "",
            _l("%(who)s [отозвал|отозвала] согласие: кабинет будет удалён"),
        ),
        ("deletion-cancelled", "cabinets", "", _l("%(who)s [передумал|передумала]: кабинет остаётся")),
        (
            "number-passed-on",
            "cabinets",
            "resident",
            _l("Номер телефона перешёл к другому жителю. Прежний: %(what)s"),
        ),
        ("deleted", "cabinets", "resident", _l("Кабинет удалён: %(what)s")),
    )
}


def action_of(row: Audit) -> Action:
    """What the row is about; for an action of a version to come, its own name."""
    state = row.detail.get("state", "") if isinstance(row.detail, dict) else ""
    found = ACTIONS.get(f"{row.action}:{state}") or ACTIONS.get(row.action)
    return found or Action("", "", f"%(who)s: {row.action}".replace("%", "%%").replace("%%(who)s", "%(who)s"))


def names_of(kind: str) -> list[str]:
    """The names of the actions of a kind, as rows have them."""
    return sorted({name.partition(":")[0] for name, action in ACTIONS.items() if action.kind == kind})
