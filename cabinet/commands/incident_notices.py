"""Drafts of an incident's notices to Roskomnadzor, for a person to finish, and the list of whom it concerns.

Art. 21 part 3.1 of 152-FZ: within 24 hours what happened, within 72 hours what the inquiry found.
"""

import csv
import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cabinet.models.account_event import AccountEvent
from cabinet.models.audit import Audit
from cabinet.models.base import now, settings
from cabinet.models.incident import Person, Scope, people
from cabinet.models.staff import Staff
from cabinet.wording.cells import disarmed

MOSCOW = ZoneInfo("Europe/Moscow")
PHONE = re.compile(r"\+[0-9]{5,15}")  # no formula, whatever it begins with
HEAD = ("Откуда известен", "Фамилия, имя, отчество", "Телефон", "Почта", "Заявка")
KINDS = (
    "фамилия, имя, отчество, дата рождения",
    "номер телефона, адрес электронной почты",
    "адрес помещения, номер лицевого счёта, суммы начислений за последние месяцы",
    "заявки на подключение, переписка о них, изображения квитанций",
    "дата, время, сетевой адрес и браузер входов",
)
NONE_OF = (
    "Специальных категорий, биометрии и платёжных реквизитов нет."
    " Пароли хранятся только в виде необратимого следа."
)


def write(folder: Path, scope: Scope) -> tuple[list[Path], int]:
    """Write both notices and the list into a new folder that only its owner may read; how many it concerns.

    Raises FileExistsError where one of the files is there already.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    listed = folder / "people.csv"
    number = _write_list(listed, people(scope))
    first, second = folder / "notice-24h.txt", folder / "notice-72h.txt"
    _write(first, within_24_hours(scope, number))
    _write(second, within_72_hours(scope, number))
    return [first, second, listed], number


def within_24_hours(scope: Scope, number: int) -> str:
    """The first notice: the fact, the presumed cause and harm, what was done, whom to ask."""
    lines = [
        "УВЕДОМЛЕНИЕ О ФАКТЕ НЕПРАВОМЕРНОЙ ПЕРЕДАЧИ ПЕРСОНАЛЬНЫХ ДАННЫХ (первичное, в течение 24 часов)",
        *_operator(),
        "",
        "1. Факт",
        f"Выявлено: {_moscow(now())} [уточните, когда и кем]",
        f"Предполагаемое время: с {_moscow(scope.since)} по {_moscow(scope.until)}",
        f"Информационная система: личный кабинет клиента {settings().public_url}",
        f"Чьи данные: {_whose(scope)}",
        f"Сколько человек: {number} (кабинеты и заявки; один человек может быть посчитан дважды)",
        "Какие данные:",
        *(f"- {kind};" for kind in KINDS),
        NONE_OF,
        "",
        "2. Предполагаемая причина",
        f"[например: {_cause(scope)}]",
        "",
        "3. Предполагаемый вред",
        "[например: нежелательные звонки и письма, попытки обмана от имени компании;"
        " вход в кабинет без пароля или кода из СМС невозможен]",
        "",
        "4. Принятые меры",
        "[например: доступ закрыт, сеансы завершены, ключи заменены, жители предупреждены]",
        "",
        "5. С кем связаться",
        f"[фамилия, имя, отчество, должность], {settings().security_contact or settings().support_phone}",
    ]
    return "\n".join(lines) + "\n"


def within_72_hours(scope: Scope, number: int) -> str:
    """The second notice: what the inquiry found, with what is on record of the time."""
    lines = [
        "УВЕДОМЛЕНИЕ О РЕЗУЛЬТАТАХ ВНУТРЕННЕГО РАССЛЕДОВАНИЯ (в течение 72 часов)",
        *_operator(),
        "",
        f"Время происшествия: с {_moscow(scope.since)} по {_moscow(scope.until)}",
        f"Чьи данные: {_whose(scope)}; человек: {number}",
        "",
        "1. Что показали журналы системы за это время",
        *_on_record(scope),
        "",
        "2. Причина",
        "[что установлено]",
        "",
        "3. Лица, действия которых стали причиной",
        f"[кто, если установлено{_suspect(scope)}]",
        "",
        "4. Что сделано, чтобы это не повторилось",
        "[меры]",
    ]
    return "\n".join(lines) + "\n"


def _operator() -> list[str]:
    return [
        f"Оператор: {settings().brand_name} [полное название, ИНН, ОГРН, адрес, номер в реестре операторов]"
    ]


def _whose(scope: Scope) -> str:
    if scope.everybody:
        taken = len(scope.exports())
        files = f"; выгрузок списков за это время: {taken}" if taken else ""
        return f"все жители, авторы заявок и те, кто начал регистрацию{files}"
    if scope.staff:
        return "те, чьи карточки, заявки и сообщения открывал один сотрудник или видел в списках"
    return (
        "те, в чьи кабинеты вошли с одного сетевого адреса" if scope.ip else "житель с одним номером телефона"
    )


def _cause(scope: Scope) -> str:
    if scope.staff:
        return "вход под учётной записью сотрудника посторонним лицом или действия самого сотрудника"
    return (
        "подбор или кража паролей жителей" if scope.ip or scope.phone else "доступ посторонних к базе данных"
    )


def _suspect(scope: Scope) -> str:
    found = Staff.get_or_none(Staff.id == scope.staff.removeprefix("staff:")) if scope.staff else None
    return f"; по журналу действия сделаны под учётной записью {found.shown}" if found else ""


def _on_record(scope: Scope) -> list[str]:
    """Numbers alone: who they were is in the list and in what `incident` prints."""
    events = AccountEvent.select().where(AccountEvent.at.between(scope.since, scope.until))
    signed = events.where(AccountEvent.kind.in_(("signed-in", "signed-in-new")))
    wrong = events.where(AccountEvent.kind.in_(("wrong-password", "wrong-code", "locked-out")))
    acts = scope.acts()
    return [
        f"- входов жителей: {signed.count()}, неверных паролей и кодов: {wrong.count()};",
        f"- записей журнала о действиях сотрудников: {acts.count()};",
        f"- выгрузок списков: {len(scope.exports())};",
        f"- неудачных входов сотрудников: {acts.where(Audit.action == 'staff-sign-in-failed').count()}.",
        "Целость журнала проверяет команда «flask --app wsgi audit verify»: [приложите её ответ].",
    ]


def _write_list(path: Path, persons: Iterable[Person]) -> int:
    count = 0
    with os.fdopen(_open(path), "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEAD)
        for person in persons:
            writer.writerow(cell if PHONE.fullmatch(cell) else disarmed(cell) for cell in person)
            count += 1
    return count


def _write(path: Path, text: str) -> None:
    with os.fdopen(_open(path), "w", encoding="utf-8") as file:
        file.write(text)


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _moscow(moment: datetime) -> str:
    return moment.replace(tzinfo=UTC).astimezone(MOSCOW).strftime("%d.%m.%Y %H:%M (МСК)")
