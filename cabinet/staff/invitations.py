"""Invitations by telephone: their list, each one's state, and taking one back."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models import Account, Invitation, Message, Staff, invitation
from cabinet.models.fate import State
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.paging import page_of
from cabinet.web.flow import advance, flash, flashed
from cabinet.web.security import client_address

ENDS = {"used": "done", "withdrawn": "", "denied": "failed", "overtaken": ""}


class States:
    """How far some invitations are: a name, the kind of its badge, its words."""

    def __init__(self, rows: Iterable[Invitation]) -> None:
        rows = list(rows)
        self.staff = {one.id: one for one in Staff.select()}
        keys = [row.message for row in rows if row.message]
        self.messages = {one.id: one for one in Message.select().where(Message.id.in_(keys))} if keys else {}

    def name(self, row: Invitation) -> str:
        """The state's name, as `_words` and the templates know it."""
        if row.outcome:
            return row.outcome
        if not row.waits:
            return "expired"
        if not self._has_rights(row):
            return "void"
        return "opened" if row.opened_at else self._sending(row)

    def _has_rights(self, row: Invitation) -> bool:
        staff = self.staff.get(row.asked_by)
        return staff is not None and not staff.blocked_at and staff.stamp == row.asked_under

    def _sending(self, row: Invitation) -> str:
        message = self.messages.get(row.message)
        if message is None:
            return "sent"
        if message.dead_at or message.status == State.UNDELIVERED:
            return "undelivered"
        if message.status == State.DELIVERED:
            return "delivered"
        return "sent" if message.sent_at else "waiting"

    def words(self, row: Invitation) -> str:
        """What staff read."""
        return _words()[self.name(row)]

    def badge(self, row: Invitation) -> str:
        """The kind of the badge; "" for a plain one."""
        name = self.name(row)
        kinds = {"undelivered": "failed", "expired": "", "void": "failed"}
        return ENDS[name] if name in ENDS else kinds.get(name, "new")

    def who(self, staff_id: str | None) -> str:
        """A member of staff's name."""
        found = self.staff.get(staff_id or "")
        return found.shown if found else "—"


def _words() -> dict[str, str]:
    return {
        "waiting": _("Отправляется"),
        "sent": _("СМС отправлена"),
        "delivered": _("СМС доставлена"),
        "undelivered": _("СМС не дошла"),
        "opened": _("Начата регистрация"),
        "used": _("Кабинет создан"),
        "expired": _("Срок вышел"),
        "withdrawn": _("Отозвано"),
        "denied": _("Житель ответил: адрес не его"),
        "overtaken": _("Не понадобилось: счёт или кабинет появились без него"),
        "void": _("Не действует: у того, кто приглашал, с тех пор другие права или пароль"),
    }


@bp.get("/registrations/invitations")
def invitations() -> Response:
    """The latest first."""
    page = page_of(Invitation.select(), Invitation.created_at, Invitation.id)
    record("invitations-listed", shown=[row.id for row in page.rows])
    return show("invitations.html", page=page, states=States(page.rows), notice=flashed())


@bp.get("/registrations/invitation/<invitation_id>")
def invitation_card(invitation_id: str) -> Response:
    """One of them: for whom, how far, until when."""
    found = get_or_404(Invitation, Invitation.id == invitation_id)
    record("invitation-seen", found.id, account=found.account)
    context: dict[str, Any] = {"states": States([found]), "notice": flashed()}
    context["account"] = Account.get_or_none(Account.number == found.account)
    return show("invitation_card.html", item=found, **context)


@bp.post("/registrations/invitation/<invitation_id>/withdraw")
def withdraw_invitation(invitation_id: str) -> Response:
    """Taken back, as long as nobody registered by it."""
    found = get_or_404(Invitation, Invitation.id == invitation_id)
    if invitation.withdraw(found, current_staff(), client_address()):
        flash(_("Приглашение отозвано. Кабинет по нему уже не создать."))
    else:
        flash(_("Отзывать нечего: приглашение уже не действует."), "info")
    return advance("staff.invitation_card", invitation_id=found.id)
