"""Residents: the list, one resident's card and the actions on it."""

from flask import abort
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models import DataRequest, code_streak, profile
from cabinet.models.account_event import history_of
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.models.email import EmailLink
from cabinet.models.linking import accounts
from cabinet.models.passed_number import PassedNumber
from cabinet.models.phone_change import PhoneChange
from cabinet.models.request import ConnectionRequest
from cabinet.models.session import WebSession
from cabinet.models.user import User
from cabinet.models.way_back import WayBack
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.paging import PAGE
from cabinet.staff.resident_block import reason_names
from cabinet.staff.resident_undo import can_undo
from cabinet.staff.residents_filter import ResidentsSought
from cabinet.staff.search import ALL
from cabinet.web.flow import advance, flash, flashed
from cabinet.web.security import client_address
from cabinet.wording.waits import wait_words


@bp.get("/residents")
@bp.get("/residents/<state>")
def residents(state: str = "all") -> Response:
    """The newest residents, or those found, by their names; or as the address asks."""
    if state not in ("all", "found"):
        abort(404)
    sought = ResidentsSought.asked(state)
    page = sought.page()
    record("residents-listed", shown=[user.id for user in page.rows])
    return show(
        "residents.html",
        page=page,
        searched=ALL.query if state == "found" else "",
        more=sought.found is not None and sought.found.more,
        order=sought.order,
        exported=sought.parameters,
        notice=flashed(),
    )


@bp.get("/resident/<user_id>")
def resident(user_id: str) -> Response:
    """One resident: who, which accounts, which sessions, which requests."""
    user = get_or_404(User, User.id == user_id)
    record("resident-seen", user.id)
    return show(
        "resident.html",
        user=user,
        accounts=accounts(user),
        sessions=WebSession.live_of(user.id),
        history=history_of(user, most=20),
        passed=PassedNumber.of(user),
        ways_back=WayBack.all_of(user),
        undo=can_undo(user),
        phone_changes=PhoneChange.of(user),
        data_requests=[one for one in DataRequest.of(user) if one.outcome in ("", "approved")],
        blocked_for=reason_names().get(user.blocked_for),
        codes_stopped=code_streak.is_stopped(user.phone),
        requests=ConnectionRequest.newest_of(user.phone, user.id, PAGE),
        notice=flashed(),
    )


@bp.post("/resident/<user_id>/unblock")
def unblock_resident(user_id: str) -> Response:
    """Let the resident sign in again."""
    if profile.reopen(get_or_404(User, User.id == user_id), current_staff().actor, client_address()):
        flash(_("Вход снова открыт."))
    else:
        flash(_("Вход уже открыт."), "info")
    return advance("staff.resident", user_id=user_id)


@bp.post("/resident/<user_id>/sessions")
def end_resident_sessions(user_id: str) -> Response:
    """Sign the resident out everywhere."""
    user = get_or_404(User, User.id == user_id)
    with db.atomic():
        user.end_sessions()
        record("resident-sessions-ended", user.id)
    flash(_("Все сеансы завершены."))
    return advance("staff.resident", user_id=user_id)


@bp.post("/resident/<user_id>/codes")
def allow_resident_codes(user_id: str) -> Response:
    """Send codes again to a phone for which too many wrong ones were typed in a row."""
    user = get_or_404(User, User.id == user_id)
    with db.atomic():
        if code_streak.end(user.phone):
            record("resident-codes-allowed", user.id)
    flash(_("Коды снова отправляем."))
    return advance("staff.resident", user_id=user_id)


@bp.post("/resident/<user_id>/email")
def resend_resident_email(user_id: str) -> Response:
    """Send the confirmation e-mail again."""
    user = get_or_404(User, User.id == user_id)
    if not user.needs_email:
        flash(_("Подтверждать нечего."))
        return advance("staff.resident", user_id=user_id)
    try:
        EmailLink.send(user)
    except TooManyError as error:
        flash(_("Письмо отправляли слишком часто. Попробуйте %(when)s.", when=wait_words(error.wait)))
    else:
        record("resident-email-resent", user.id)
        flash(_("Письмо отправим ещё раз."))
    return advance("staff.resident", user_id=user_id)
