"""The journal: which rows are looked for, and the sentences that they are told in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from cabinet.models import Audit, ImportJob, Invitation, Staff, User
from cabinet.models.spending import MOSCOW
from cabinet.staff.days import begin_of, day_asked, end_of
from cabinet.staff.journal_words import KINDS, action_of, names_of
from cabinet.staff.paging import Page, merged, page_of
from cabinet.staff.sorting import Order
from cabinet.wording.gender import in_gender

LONGEST = 64  # characters of an actor or a subject


@dataclass(frozen=True)
class Sought:
    """What the journal is asked for: days of Moscow, both included; who; of what kind; done to what."""

    since: date | None
    until: date | None
    actor: str
    kind: str
    subject: str
    order: Order

    @classmethod
    def asked(cls) -> "Sought":
        """As the address says it; what makes no sense is left out."""
        kind = request.args.get("about", "")
        return cls(
            day_asked("since"),
            day_asked("until"),
            request.args.get("actor", "")[:LONGEST],
            kind if kind in KINDS else "",
            request.args.get("subject", "")[:LONGEST],
            Order.asked("-at"),
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The same for an address."""
        days = {"since": self.since, "until": self.until}
        told = {name: day.isoformat() for name, day in days.items() if day}
        rest = {"actor": self.actor, "about": self.kind, "subject": self.subject}
        rest["sort"] = self.order.parameter
        return {**told, **{name: value for name, value in rest.items() if value}}

    @property
    def is_part(self) -> bool:
        """Whether it is not all there is."""
        return bool(self.parameters.keys() - {"sort"})

    @property
    def query(self) -> Any:
        """The rows but for their kind."""
        found = Audit.select()
        if self.since:
            found = found.where(Audit.at >= begin_of(self.since))
        if self.until:
            found = found.where(Audit.at < end_of(self.until))
        if self.actor:
            found = found.where(Audit.actor == self.actor)
        return found.where(Audit.subject == self.subject) if self.subject else found

    def page(self) -> Page[Audit]:
        """The page that the address asks for."""
        order, key, ascending = Audit.at, Audit.id, self.order.is_ascending
        if not self.kind:
            return page_of(self.query, order, key, ascending)
        named = [self.query.where(Audit.action == name) for name in names_of(self.kind)]
        return merged([page_of(query, order, key, ascending) for query in named], order, key, ascending)

    def all(self) -> Any:
        """Every row, for an export."""
        return self.query.where(Audit.action.in_(names_of(self.kind))) if self.kind else self.query


class Names:
    """Whom and what some rows name, looked up at once."""

    def __init__(self, rows: Iterable[Audit]) -> None:
        rows = list(rows)
        named = {row.actor.removeprefix("user:") for row in rows if row.actor.startswith("user:")}
        named |= {row.subject for row in rows if action_of(row).subject == "resident"}
        files = {row.subject for row in rows if action_of(row).subject == "import"}
        invited = {row.subject for row in rows if action_of(row).subject == "invitation"}
        calls = Invitation.select().where(Invitation.id.in_(invited)) if invited else ()
        self.invited = {one.id: one.full_name for one in calls}
        self.staff = {staff.actor: staff.shown for staff in Staff.select()}
        self.residents = {u.id: u.full_name for u in User.select().where(User.id.in_(named))} if named else {}
        jobs = ImportJob.select(ImportJob.id, ImportJob.name).where(ImportJob.id.in_(files)) if files else ()
        self.files = {job.id: job.name for job in jobs}

    def actor(self, actor: str) -> str:
        """Who it was."""
        if actor.startswith("user:"):
            return self.resident(actor.removeprefix("user:"))
        others = {"system": _("Программа"), "visitor": _("посетитель сайта")}
        return str(others.get(actor) or self.staff.get(actor) or _("сотрудник, которого больше нет"))

    def resident(self, user_id: str) -> str:
        """A resident's name."""
        return self.residents.get(user_id) or str(_("житель, чей кабинет удалён"))

    def subject(self, row: Audit) -> str:
        """What it was done to."""
        kind = action_of(row).subject
        if kind == "resident":
            return self.resident(row.subject)
        if kind == "invitation":
            return self.invited.get(row.subject) or str(_("приглашение, которого больше нет"))
        if kind == "message":
            return str(_("сообщение"))
        if kind == "import":
            return self.files.get(row.subject) or str(row.detail.get("file", row.subject))
        if kind == "staff":
            return self.staff.get(f"staff:{row.subject}", row.subject)
        return _month(row.subject) if kind == "period" else row.subject


def _month(text: str) -> str:
    try:
        return str(format_date(date.fromisoformat(f"{text}-01"), "LLLL yyyy"))
    except ValueError:
        return text


def sentence(row: Audit, names: Names, links: bool = False) -> str:
    """What happened; with `links`, those named lead to their pages."""
    action, who = action_of(row), names.actor(row.actor)
    text = in_gender(str(action.text), who)
    parts: dict[str, str] = {"who": who, "what": names.subject(row)}
    parts["to"] = names.actor(str(row.detail.get("to", "")))
    parts["into"] = str(row.detail.get("into", ""))
    if not links:
        return text % parts
    parts["who"] = _linked(who, url_for("staff.audit", actor=row.actor))
    parts["what"] = _linked(parts["what"], _address(row, names))
    return Markup(text) % parts  # noqa: S704 (the text is ours, and its parts are escaped)


def _linked(text: str, address: str) -> str:
    return Markup('<a href="{}">{}</a>').format(address, text) if address else text


def _address(row: Audit, names: Names) -> str:
    kind = action_of(row).subject
    if kind == "resident" and row.subject in names.residents:
        return url_for("staff.resident", user_id=row.subject)
    if kind == "invitation" and row.subject in names.invited:
        return url_for("staff.invitation_card", invitation_id=row.subject)
    if kind == "import" and row.subject in names.files:
        return url_for("staff.import_card", job_id=row.subject)
    if kind == "staff" and f"staff:{row.subject}" in names.staff:
        return url_for("staff.person", staff_id=row.subject)
    if kind == "request":
        return url_for("staff.request_card", number=row.subject)
    return url_for("staff.message", message_id=row.subject) if kind == "message" else ""


def exported(rows: list[Audit]) -> list[tuple[Any, ...]]:
    """Each row as cells: when in Moscow, who, what happened, from where."""
    names = Names(rows)
    return [(row.at + MOSCOW, names.actor(row.actor), sentence(row, names), row.ip) for row in rows]
