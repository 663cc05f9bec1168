"""What became of an SMS or a call, why, and what to do, in the staff's words."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from cabinet.models import DeliveryTry
from cabinet.models.fate import Fault, State

STATES: dict[str, Any] = {
    State.BEGUN: _l("Не знаем, ушло ли: отправку оборвали"),
    State.SILENT: _l("Шлюз не ответил, мог и отправить"),
    State.UNAVAILABLE: _l("Шлюз был недоступен"),
    State.REFUSED: _l("Шлюз отказал"),
    State.ACCEPTED: _l("Шлюз принял, ответа оператора ещё нет"),
    State.DELIVERED: _l("Доставлено"),
    State.UNDELIVERED: _l("Не доставлено"),
    State.UNKNOWN: _l("Оператор не сообщил, доставлено ли"),
}
REASONS: dict[str, Any] = {
    Fault.NUMBER: _l("Такого номера нет, или он не мобильный."),
    Fault.OPERATOR: _l("Не принимают оператор или телефон: выключен, вне сети, запрещены СМС от компаний."),
    Fault.SENDER: _l("Не приняты имя отправителя, текст или настройки."),
    Fault.MONEY: _l("На счёте шлюза нет денег."),
    Fault.ACCOUNT: _l("Шлюз не принял ключ, пароль или права."),
    Fault.BUDGET: _l("Бюджет компании на СМС исчерпан."),
    Fault.UNKNOWN: _l("Причину шлюз не назвал."),
}
BY_MAX: dict[str, tuple[Any, Any]] = {
    Fault.NUMBER: (_l("Бота в MAX этот житель не запускал."), _l("Код или уведомление ушли другим путём.")),
    Fault.OPERATOR: (_l("Житель остановил бота в MAX."), _l("Код или уведомление ушли другим путём.")),
    Fault.ACCOUNT: (_l("MAX не принял ключ бота."), _l("Проверьте MAX_BOT_TOKEN. Житель ни при чём.")),
}
FAULTS_TO_DO: dict[str, Any] = {
    Fault.NUMBER: _l("Уточните номер у абонента."),
    Fault.OPERATOR: _l(
        "Пусть абонент включит телефон, проверит запрет рассылок у оператора и запросит код ещё раз."
    ),
    Fault.SENDER: _l("Проверьте у шлюза имя отправителя и шаблоны. Абонент ни при чём."),
    Fault.MONEY: _l("Пополните счёт шлюза. Абонент ни при чём."),
    Fault.ACCOUNT: _l("Проверьте ключ и права шлюза в настройках. Абонент ни при чём."),
    Fault.BUDGET: _l("Увеличьте бюджет на день или месяц в настройках. Абонент ни при чём."),
    Fault.UNKNOWN: _l("Назовите поддержке шлюза код и время."),
}
STATES_TO_DO: dict[str, Any] = {
    State.BEGUN: _l("Если код не пришёл, пусть абонент запросит его ещё раз."),
    State.SILENT: _l(
        "Если код не пришёл, пусть абонент запросит его ещё раз. Повторяется — позвоните шлюзу."
    ),
    State.UNAVAILABLE: _l("Отправит следующий шлюз, или этот, когда ответит. Повторяется — позвоните шлюзу."),
    State.ACCEPTED: _l("Подождите две минуты. Если не пришло, пусть абонент запросит код ещё раз."),
    State.DELIVERED: _l("На телефоне: пусть абонент посмотрит в спаме и на второй сим-карте."),
    State.UNKNOWN: _l("Если не пришло, пусть абонент запросит код ещё раз."),
}


@dataclass(frozen=True)
class Told:
    """A try as staff read it."""

    row: DeliveryTry
    what: Any
    why: Any
    to_do: Any


def told(row: DeliveryTry) -> Told:
    """The try in words."""
    fault = row.fault or (Fault.UNKNOWN if row.state in (State.REFUSED, State.UNDELIVERED) else "")
    to_do = FAULTS_TO_DO.get(fault) or STATES_TO_DO.get(row.state, "")
    why = REASONS.get(fault, "")
    if row.way == "max":
        why, to_do = BY_MAX.get(fault, (why, "" if row.state == State.DELIVERED else to_do))
    return Told(row, STATES.get(row.state, row.state), why, to_do)
