"""Access control for `/staff`, closed by default, and rendering of its pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, abort, g, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from cabinet.models.audit import Audit
from cabinet.models.base import Model, now, unix_time
from cabinet.models.database import db
from cabinet.models.staff import Staff
from cabinet.models.staff_admin import RightsLostError
from cabinet.models.user import CredentialsChangedError, User
from cabinet.staff import typed, unsent
from cabinet.staff.after_sign_in import LONGEST_NUMBER, wanted_now
from cabinet.web import session_keys as keys
from cabinet.web.flow import advance, flash, in_place_of_step, page
from cabinet.web.security import client_address
from cabinet.web.sessions import session

bp = Blueprint("staff", __name__, url_prefix="/staff")

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
WITHOUT_SIGN_IN = (
    "staff.sign_in",
    "staff.submit_sign_in",
    "staff.passkey_question",
    "staff.join",
    "staff.submit_join",
)

V = TypeVar("V", bound=Callable[..., Any])
M = TypeVar("M", bound=Model)


def signed_in() -> Staff | None:
    """The member of staff whose session this is. Only the browser's own cookie counts."""
    kept = session.get(keys.STAFF)
    if not kept or not session.by_cookie or session.row is None:
        return None
    moment = now()
    began = datetime.fromisoformat(kept["at"])
    if moment - began > ABSOLUTE or moment - session.row.seen_at > IDLE:
        return None
    return Staff.live(kept["id"], kept["stamp"])


def admit(staff: Staff) -> None:
    """Make this browser's session that of `staff`: a new token, nothing left of an earlier user."""
    written = typed.half_written(staff)
    for name in [name for name in session if name not in (keys.CSRF_TOKEN, keys.LANG, keys.THEME)]:
        session.pop(name)
    session[keys.STAFF] = {"id": staff.id, "stamp": staff.stamp, "at": now().isoformat()}
    session[keys.STAFF_CONFIRMED] = int(unix_time())
    session.update(written)
    session.rotate()


@bp.before_request
def require_staff() -> BaseResponse | None:
    """Require a member of staff everywhere but at the sign-in."""
    g.staff = signed_in()
    if g.staff is None and request.endpoint not in WITHOUT_SIGN_IN:
        number = (request.view_args or {}).get("number", "")
        if request.method == "POST" and 0 < len(number) <= LONGEST_NUMBER:
            typed.keep_for_later(number)
        unsent.keep_for_later()
        return in_place_of_step(advance("staff.sign_in", **wanted_now()))  # wherever else it was to go
    return unsent.hold() if g.staff else None


@bp.after_request
def keep_what_was_refused(response: Response) -> Response:
    """Nothing half-written is lost."""
    unsent.keep_what_was_refused(response)
    return response


@bp.errorhandler(RightsLostError)
def sign_in_anew(error: RightsLostError) -> BaseResponse:
    """Who lost the rights in the middle of a request has no session any more."""
    unsent.nothing_was_done()
    return in_place_of_step(advance("staff.sign_in"))


@bp.errorhandler(CredentialsChangedError)
def show_as_it_is_now(_error: CredentialsChangedError) -> BaseResponse:
    """The resident changed something, or is gone, after a page of theirs was read: nothing was done."""
    unsent.nothing_was_done()
    asked = request.view_args or {}
    if User.find(asked.get("user_id", "")):
        flash(_("Житель тем временем что-то изменил. Проверьте и повторите."), "warn")
        return advance("staff.resident", user_id=asked["user_id"])
    if "number" in asked:
        flash(_("Житель тем временем что-то изменил. Проверьте и повторите."), "warn")
        return advance("staff.request_card", number=asked["number"])
    flash(_("Кабинета этого жителя больше нет."), "warn")
    return advance("staff.residents")


def admins_only(view: V) -> V:
    """Require the role admin; for a clerk the page does not exist."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_staff().is_admin:
            abort(404)
        return view(*args, **kwargs)

    return cast(V, guarded)


def current_staff() -> Staff:
    """The member of staff whose request this is."""
    return cast(Staff, g.staff)


def show(template: str, status: int = 200, **context: Any) -> Response:
    """A page of the staff, or its fragment."""
    layouts = ("staff/base.html", "staff/_fragment.html")
    return page(f"staff/{template}", status, layouts=layouts, staff=g.get("staff"), **context)


def record(action: str, subject: str = "", **detail: Any) -> None:
    """Record what the member of staff does or sees."""
    with db.atomic():
        Audit.record(f"staff-{action}", current_staff().actor, subject, client_address(), **detail)


def get_or_404(model: type[M], which: Any) -> M:
    """The one row that the expression matches; 404 without it."""
    row: M | None = model.get_or_none(which)
    if row is None:
        abort(404)
    return row
