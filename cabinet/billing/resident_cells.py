"""Reads the cells of a resident independently, so that a bad one costs only itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cabinet import fields
from cabinet.billing.resident_table import Titles
from cabinet.models.base import now, settings

LOST_NAMES = {
    "last_name": "фамилия не разобрана",
    "first_name": "имя не разобрано",
    "middle_name": "отчество не разобрано",
}
LOST_EMAIL = "e-mail не разобран"
LOST_BIRTH_DATE = "дата рождения не разобрана"
LOST_ACCOUNT = "номер лицевого счёта не разобран"
FORMER_NAME = "имя в скобках не взято"
NO_PHONE = "номер телефона не разобран"
WIDER = "в строке не столько полей, сколько в заголовке: взят только номер телефона"

_FORMULA = re.compile(r'="?([^"]*)"?')
_DECIMAL = re.compile(r"([0-9]+)[.,]0{1,2}")
_POWER = re.compile(r"([0-9])[.,]([0-9]{10})E\+?10", re.IGNORECASE)
_BETWEEN_PHONES = re.compile(r"[,;|/\n]| и | или ", re.IGNORECASE)
_PHONE = re.compile(r"(?<![0-9])(?:\+?[78])?[ (-]*[0-9]{3}[ )-]*[0-9]{3}[ -]*[0-9]{2}[ -]*[0-9]{2}(?![0-9])")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]?\s*")
_MIDNIGHT = re.compile(r"[T ]+0{1,2}:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?$", re.IGNORECASE)
_SERIAL = re.compile(r"[1-4]?[0-9]{4}(?:[.,]0+)?")
_BLANK = re.compile(r"[-–—.\s]*")
_PATRONYMIC = re.compile(r"(?:вич|вна|ична|инична|ич|оглы|оглу|кызы|гызы|уулу)$", re.IGNORECASE)
_SONS = re.compile(r"(?<=\s)(оглы|оглу|кызы|гызы|уулу)$", re.IGNORECASE)
_FIRMS = frozenset(["ооо", "оао", "зао", "ао", "пао", "тсж", "тсн", "жск", "гск", "снт", "ип"])
FIRST_SERIAL = date(1899, 12, 30)  # day 0 of spreadsheets


@dataclass
class Resident:
    """What was read of a row. `lost` names the cells that could not be taken, in words for a clerk."""

    phone: str
    person: dict[str, Any] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def phone(text: str) -> str | None:
    """The first mobile phone that a cell names, in E.164; None if there is none."""
    text = _unwrapped(text)[:300]
    whole = _mobile(text)
    if whole:
        return whole
    pieces = _BETWEEN_PHONES.split(text)
    spellings = (spelling for piece in pieces for spelling in (piece, *_PHONE.findall(piece)))
    return next(filter(None, map(_mobile, spellings)), None)


def _mobile(text: str) -> str | None:
    try:
        return fields.phone(text, settings().sms_countries)
    except fields.FieldError:
        return None


def has_phone(text: str) -> bool:
    """Whether a cell names a mobile phone."""
    return phone(text) is not None


def resident(titles: Titles, cells: list[str], whole: bool) -> Resident | None:
    """The resident of a row; None without a valid phone. Of a row that is not `whole`, only the phone."""
    if not whole:
        found = {number for cell in cells if (number := phone(cell))}
        return Resident(found.pop(), lost=[WIDER]) if len(found) == 1 else None
    phones = [*titles.of("phone-mobile", cells), *titles.of("phone", cells)]
    number = next(filter(None, map(phone, phones)), None)
    if number is None:
        return None
    taken = Resident(number)
    _take_name(taken, titles, cells)
    _take(taken, "email", titles.of("email", cells), _email, LOST_EMAIL)
    _take(taken, "birth_date", titles.of("birth_date", cells), _birth_date, LOST_BIRTH_DATE)
    for cell in titles.of("accounts", cells):
        _take_accounts(taken, cell)
    return taken


def _take(taken: Resident, name: str, cells: list[str], parse: Callable[[str], Any], problem: str) -> None:
    """One field of a resident, from the first of its cells; reported if it is invalid."""
    text = next((cell for cell in map(_unwrapped, cells) if not _BLANK.fullmatch(cell)), "")
    if text:
        try:
            taken.person[name] = parse(text)
        except fields.FieldError:
            taken.lost.append(problem)


def _take_name(taken: Resident, titles: Titles, cells: list[str]) -> None:
    names = {name: " ".join(titles.of(name, cells)[:1]) for name in LOST_NAMES}
    full = " ".join(titles.of("full_name", cells)[:1])
    if full and not any(names.values()):
        names = _parts_of(full[:500])
    for name, problem in LOST_NAMES.items():
        bare = _BRACKETS.sub(" ", names[name][:500]).strip()
        if bare != names[name].strip():
            taken.lost.append(FORMER_NAME)
        _take(taken, name, [bare], _person_name, problem)


def _parts_of(full: str) -> dict[str, str]:
    """Surname, first name and patronymic of a full name; brackets stay with the surname."""
    words = _BRACKETS.sub(" ", full).replace(".", ". ").split()
    brackets = " (" if _BRACKETS.search(full) else ""
    if words and words[0].lower().strip('"«') in _FIRMS:
        return {"last_name": full, "first_name": "", "middle_name": ""}
    surname = 1
    if len(words) > 3 and _PATRONYMIC.search(words[-1]) and not _SONS.search(f" {words[-1]}"):
        surname = len(words) - 2  # «Римский Корсаков Николай Андреевич»
    return {
        "last_name": " ".join(words[:surname]) + brackets,
        "first_name": " ".join(words[surname : surname + 1]),
        "middle_name": " ".join(words[surname + 1 :]),
    }


def _person_name(text: str) -> str:
    """A name; initials and firms are rejected."""
    if len(text.rstrip(".")) < 2 or set(text.lower().split()) & _FIRMS:
        raise fields.FieldError("not_a_name")
    if text.isupper():
        text = _SONS.sub(lambda match: match[0].lower(), text)
        head, space, tail = text.rpartition(" ")
        if space and tail.islower():
            return f"{fields.person_name(head)} {tail}"
    return fields.person_name(text)


def _email(text: str) -> str:
    """The first address of a cell."""
    for piece in re.split(r"[,;\s]+", text.strip("<> ")):
        try:
            return fields.email(piece.strip("<>"))
        except fields.FieldError:
            continue
    raise fields.FieldError("not_an_email")


def _birth_date(text: str) -> date:
    """A date, which a spreadsheet may have left with a midnight or as a number of days."""
    text, s = _MIDNIGHT.sub("", text.strip()), settings()
    if _SERIAL.fullmatch(text):
        text = (FIRST_SERIAL + timedelta(int(re.split("[.,]", text)[0]))).strftime("%d.%m.%Y")
    return fields.birth_date(text, now().date(), youngest=s.minimum_age, oldest=s.maximum_age)


def _take_accounts(taken: Resident, cell: str) -> None:
    for piece in re.split(r"[,;|\s]+", _unwrapped(cell)):
        if not any(map(str.isdigit, piece)) and len(piece) < 4 and "?" not in piece:
            continue  # «л/с», «№»
        try:
            number = fields.account_number(piece)
        except fields.FieldError:
            taken.lost.append(LOST_ACCOUNT)
        else:
            taken.accounts += [] if number in taken.accounts else [number]


def _unwrapped(cell: str) -> str:
    """A cell without what spreadsheets put around numbers: `="79…"`, `'79…`, `79….0`, `7,9…E+10`."""
    cell = cell.strip().removeprefix("'")
    cell = (_FORMULA.fullmatch(cell) or ["", cell])[1]
    power = _POWER.fullmatch(cell)
    cell = power[1] + power[2] if power else cell
    decimal = _DECIMAL.fullmatch(cell)
    return decimal[1] if decimal else cell
