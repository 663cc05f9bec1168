"""Residents: search by phone, account or name; one resident's card and the actions on it."""

from contextlib import suppress

from flask_babel import gettext as _
from peewee import ModelSelect
from werkzeug.wrappers import Response

from cabinet import fields
from cabinet.models import code_streak
from cabinet.models.account_event import history_of
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.models.email import EmailLink
from cabinet.models.linking import AccountLink, accounts
from cabinet.models.passed_number import PassedNumber
from cabinet.models.request import ConnectionRequest
from cabinet.models.session import WebSession
from cabinet.models.user import User, search_key
from cabinet.staff.guard import bp, current_staff, get_or_404, record, show
from cabinet.staff.paging import PAGE, Page, page_of
from cabinet.staff.search import RESIDENTS
from cabinet.web.flow import advance, flash, flashed
from cabinet.web.security import client_address
from cabinet.wording.waits import wait_words


@bp.get("/residents")
def residents() -> Response:
    """The newest residents, or those found."""
    query = RESIDENTS.query
    page = find(query)
    record("residents-listed", shown=[user.id for user in page.rows])
    return show("residents.html", form=RESIDENTS.form(), page=page, query=query, notice=flashed())


@bp.post("/residents")
def submit_residents() -> Response:
    """Search by what was typed."""
    RESIDENTS.submit()
    return advance("staff.residents")


def find(query: str) -> Page[User]:
    """A page of the residents whose phone, account or beginning of the name this is."""
    if not query:
        return page_of(User.select(), User.created_at, User.id)
    if any(char.isdigit() for char in query):
        return _by_number(query)
    start = search_key(query)
    named = User.select().where(User.search_name < start + b"\xff")
    return page_of(named, User.search_name, User.id, ascending=True, least=start)


def _by_number(query: str) -> Page[User]:
    """By the whole phone or account; else by the beginning of the phone."""
    found: list[User] = []
    with suppress(fields.FieldError):
        phone = fields.phone(query)
        had = PassedNumber.select(PassedNumber.user).where(PassedNumber.phone == phone)
        found.extend(User.select().where((User.phone == phone) | User.id.in_(had)))
    with suppress(fields.FieldError):
        found.extend(_linked(fields.account_number(query)))
    if found:
        return Page(list({user.id: user for user in found}.values()), "", True)
    digits = "".join(char for char in query if char in "0123456789")
    if len(digits) < 4:
        return Page([], "", True)
    digits = "7" + digits[1:] if digits.startswith("8") else digits
    start = "+" + (digits if digits.startswith("7") else "7" + digits)
    begun = User.select().where(User.phone <= start + "9" * 12)
    return page_of(begun, User.phone, User.id, ascending=True, least=start)


def _linked(number: str) -> "ModelSelect[User]":
    return (
        User.select()
        .join(AccountLink, on=(AccountLink.user == User.id))
        .where(AccountLink.account == number)
        .limit(PAGE)
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
        codes_stopped=code_streak.is_stopped(user.phone),
        requests=list(
            ConnectionRequest.select()
            .where(ConnectionRequest.phone == user.phone)
            .order_by(ConnectionRequest.created_at.desc())
            .limit(PAGE)
        ),
        notice=flashed(),
    )


@bp.post("/resident/<user_id>/block")
def block_resident(user_id: str) -> Response:
    """Block the resident: signs out at once and prevents signing in."""
    get_or_404(User, User.id == user_id).block(True, current_staff().actor, client_address())
    flash(_("Вход закрыт, сеансы завершены."))
    return advance("staff.resident", user_id=user_id)


@bp.post("/resident/<user_id>/unblock")
def unblock_resident(user_id: str) -> Response:
    """Let the resident sign in again."""
    get_or_404(User, User.id == user_id).block(False, current_staff().actor, client_address())
    flash(_("Вход снова открыт."))
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
