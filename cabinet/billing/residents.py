"""Brings in residents who registered earlier without a password; they set one by «Я забыл пароль»."""

import csv
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cabinet import fields
from cabinet.billing.reader import DELIMITERS, Reject, UnreadableFileError, encoding_of
from cabinet.models import Account, AccountLink, User
from cabinet.models.audit import Audit
from cabinet.models.base import db, now

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
    with path.open(encoding=encoding_of(path)[0], errors="replace", newline="") as file:
        header = file.readline()
        delimiter = max(DELIMITERS, key=header.count)
        names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
        if "phone" not in names:
            raise UnreadableFileError("В заголовке нет колонки phone")
        with db.atomic() as transaction:
            reader = csv.reader(file, delimiter=delimiter)
            for cells in reader:
                if any(cells):
                    row = dict(zip(names, cells, strict=False))
                    problem = _take(row, report)
                    if problem:
                        report.rejects.append(Reject(reader.line_num + 1, "", problem))
            if dry_run:
                transaction.rollback()
            else:
                Audit.note("residents-import", "system", file=path.name, added=report.added)
    return report


def _take(row: dict[str, str], report: ResidentsReport) -> str:
    """Add one resident; the reason if that cannot be."""
    try:
        phone = fields.phone(row["phone"])
        numbers = [fields.account_number(n) for n in row.get("accounts", "").replace(",", " ").split()]
        names = {
            name: fields.person_name(row[name]) if row.get(name, "").strip() else ""
            for name in ("last_name", "first_name", "middle_name")
        }
        email = fields.email(row["email"]) if row.get("email", "").strip() else ""
        born: date | None = None
        if row.get("birth_date", "").strip():
            born = fields.birth_date(row["birth_date"], now().date())
    except fields.FieldError as error:
        return f"поле не разобрано ({error.code})"
    known = {a.number for a in Account.select(Account.number).where(Account.number.in_(numbers))}
    user = User.by_phone(phone)
    if user is None:
        user = User.create(phone=phone, birth_date=born, email=email, **names)
        report.added += 1
    else:
        report.known += 1
    for number in known:
        added = AccountLink.insert(user=user.id, account=number).on_conflict_ignore().as_rowcount().execute()
        report.linked += added
    missing = [n for n in numbers if n not in known]
    return f"нет лицевых счетов в системе: {', '.join(missing)}" if missing else ""
