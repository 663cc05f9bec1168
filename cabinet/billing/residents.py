"""Brings in residents who registered earlier without a password; they set one by «Я забыл пароль»."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cabinet.billing.batches import Reject
from cabinet.billing.others import is_total
from cabinet.billing.resident_cells import NO_PHONE, Resident, has_phone, resident
from cabinet.billing.resident_table import Titles, read
from cabinet.models import Account, AccountLink, User
from cabinet.models.audit import Audit
from cabinet.models.database import db
from cabinet.models.linking import update_words

NO_ACCOUNT = "нет лицевых счетов в системе"


@dataclass
class ResidentsReport:
    """What an import of residents did, or would do.

    Every row that is neither blank nor a total is `added`, `known` or `rejected`. `rejects` are the rows that
    were not taken and those taken without a cell or an account; `lost` counts what was lost, by its reason.
    `ignored` are titles of columns that are not read.
    """

    added: int = 0
    known: int = 0
    linked: int = 0
    rejected: int = 0
    incomplete: int = 0
    rejects: list[Reject] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    ignored: list[str] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether nobody was imported."""
        return not self.added and not self.known


def import_residents(path: Path, dry_run: bool = False) -> ResidentsReport:
    """Import a table of residents: phone, names, e-mail, date of birth, accounts; titles in any usual words.

    Only the phone is needed: whoever has a good one is taken, without the cells that are not. A known phone
    keeps what it has and gains the accounts. All or nothing on an error of the database.
    Raises UnreadableFileError, OSError.
    """
    report = ResidentsReport()
    with db.atomic() as transaction:
        for titles, row in read(path, has_phone):
            report.ignored = report.ignored or titles.ignored
            taken = resident(titles, row.cells, row.whole)
            if taken is not None:
                _bring_in(taken, row.line, report)
            elif _may_be_one(titles, row.cells):
                report.rejected += 1
                report.rejects.append(Reject(row.line, "", NO_PHONE))
        if dry_run:
            transaction.rollback()
        else:
            counts = {name: getattr(report, name) for name in ("added", "known", "linked")}
            Audit.record("residents-import", "system", file=path.name, **counts)
    return report


def _may_be_one(titles: Titles, cells: list[str]) -> bool:
    """Whether a row without a phone may be a resident: totals have neither a phone nor accounts."""
    own = (cell for name in ("phone", "phone-mobile", "accounts") for cell in titles.of(name, cells))
    return not is_total(cells) or not all(is_total([cell]) for cell in own)


def _bring_in(taken: Resident, line: int, report: ResidentsReport) -> None:
    """Add one resident, or link a known one, and report what could not be imported."""
    known = {a.number for a in Account.select(Account.number).where(Account.number.in_(taken.accounts))}
    user = User.by_phone(taken.phone)
    if user is None:
        user = User.create(phone=taken.phone, **taken.person)
        report.added += 1
    else:
        report.known += 1
    for number in sorted(known):
        link: Any = AccountLink.insert(user=user.id, account=number)
        report.linked += link.on_conflict_ignore().as_rowcount().execute()
    update_words(user)
    reasons = list(taken.lost)
    report.lost.update(reasons)
    if missing := [number for number in taken.accounts if number not in known]:
        report.lost[NO_ACCOUNT] += 1
        reasons.append(f"{NO_ACCOUNT}: {', '.join(missing)}")
    if reasons:
        report.incomplete += 1
        report.rejects.append(Reject(line, "", "; ".join(dict.fromkeys(reasons))))
