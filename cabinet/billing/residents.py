"""Brings in residents who registered earlier without a password; they set one by «Я забыл пароль»."""

import csv
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cabinet import fields
from cabinet.billing.batches import Reject
from cabinet.billing.encodings import encoding_of
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.readers.delimited import DELIMITERS, LONGEST_FIELD
from cabinet.billing.rows import TOO_LONG
from cabinet.models import Account, AccountLink, User
from cabinet.models.audit import Audit
from cabinet.models.base import now, settings
from cabinet.models.database import db

COLUMNS = ("phone", "last_name", "first_name", "middle_name", "email", "birth_date", "accounts")


@dataclass
class ResidentsReport:
    """What an import of residents did, or would do."""

    added: int = 0
    known: int = 0
    linked: int = 0
    rejects: list[Reject] = field(default_factory=list)


def import_residents(path: Path, dry_run: bool = False) -> ResidentsReport:
    """Import `phone;last_name;first_name;middle_name;email;birth_date;accounts`; several accounts by commas.

    Only phone is needed. A known phone keeps what it has and gains the accounts. All or nothing on an error
    of the database; rows that cannot be read are reported. Raises UnreadableFileError, OSError.
    """
    report = ResidentsReport()
    csv.field_size_limit(LONGEST_FIELD)
    encoding = encoding_of(path).replace("utf-8", "utf-8-sig")  # without the mark at the beginning
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        header = file.readline()
        delimiter = max(DELIMITERS, key=header.count)
        reader = csv.reader(itertools.chain([header], file), delimiter=delimiter)
        names = [name.strip().lower() for name in _next(reader) or ()]
        if "phone" not in names:
            raise UnreadableFileError("В заголовке нет колонки phone")
        with db.atomic() as transaction:
            line = reader.line_num + 1
            while (cells := _next(reader)) is not None:
                row = dict(zip(names, map(str.strip, cells), strict=False))
                problem = TOO_LONG if cells is BROKEN else ""
                if any(row.values()):
                    problem = _take(row, report)
                if problem:
                    report.rejects.append(Reject(line, "", problem))
                line = reader.line_num + 1
            if dry_run:
                transaction.rollback()
            else:
                counts: dict[str, Any] = {
                    "added": report.added,
                    "known": report.known,
                    "linked": report.linked,
                }
                Audit.record("residents-import", "system", file=path.name, **counts)
    return report


BROKEN: list[str] = []  # stands for a record that cannot be read


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    """The next record, BROKEN if it cannot be read, None at the end."""
    try:
        return next(reader, None)
    except csv.Error:
        return BROKEN


def _birth_date(text: str) -> date:
    s = settings()
    return fields.birth_date(text, now().date(), youngest=s.minimum_age, oldest=s.maximum_age)


PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "last_name": (fields.person_name, "фамилия не разобрана"),
    "first_name": (fields.person_name, "имя не разобрано"),
    "middle_name": (fields.person_name, "отчество не разобрано"),
    "email": (fields.email, "e-mail не разобран"),
    "birth_date": (_birth_date, "дата рождения не разобрана"),
}


def _take(row: dict[str, str], report: ResidentsReport) -> str:
    """Add one resident; the reason if that cannot be, or not wholly."""
    reason = "номер телефона не разобран"
    try:
        phone = fields.phone(row.get("phone", ""), settings().sms_countries)
        reason = "номер лицевого счёта не разобран"
        numbers = [fields.account_number(n) for n in row.get("accounts", "").replace(",", " ").split()]
        person: dict[str, Any] = {}
        for name, (parse, problem) in PARSERS.items():
            reason = problem
            if row.get(name):
                person[name] = parse(row[name])
    except fields.FieldError:
        return reason
    known = {a.number for a in Account.select(Account.number).where(Account.number.in_(numbers))}
    user = User.by_phone(phone)
    if user is None:
        user = User.create(phone=phone, **person)
        report.added += 1
    else:
        report.known += 1
    for number in known:
        added = AccountLink.insert(user=user.id, account=number).on_conflict_ignore().as_rowcount().execute()
        report.linked += added
    missing = [n for n in numbers if n not in known]
    return f"нет лицевых счетов в системе: {', '.join(missing)}" if missing else ""
