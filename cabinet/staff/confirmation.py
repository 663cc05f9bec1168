"""Asks again who is here before a file with many people's data leaves: by the password or a code of the app.

What proved it, the sign-in as well, is good for CONFIRM_AFTER.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import PasswordField

from cabinet.forms.base import StepForm
from cabinet.models.attempt import TooManyError
from cabinet.models.base import settings, unix_time
from cabinet.models.login import LoginAttempt
from cabinet.models.staff import Staff
from cabinet.staff.guard import bp, current_staff, record, show
from cabinet.web import session_keys as keys
from cabinet.web.extensions import hasher
from cabinet.web.flow import advance, form_for_get, reject
from cabinet.web.security import client_address
from cabinet.web.sessions import session

V = TypeVar("V", bound=Callable[..., Any])
PARAMETERS = (
    "since",
    "until",
    "actor",
    "about",
    "subject",
    "state",
    "who",
    "sort",
)  # of an address that is gone on to


class ProofForm(StepForm):
    """The password, or what the authenticator shows."""

    proof = PasswordField(_l("Пароль или код из приложения"))


def confirmed_lately() -> bool:
    """Whether it was shown within CONFIRM_AFTER who is in this session."""
    shown: int = session.get(keys.STAFF_CONFIRMED, 0)
    return unix_time() - shown < settings().confirm_after


def needs_confirmation(view: V) -> V:
    """Ask who is here before this view, unless that was shown a moment ago."""

    @wraps(view)
    def guarded(**arguments: Any) -> Any:
        if confirmed_lately():
            return view(**arguments)
        asked = {name: request.args[name][:64] for name in PARAMETERS if name in request.args}
        session[keys.STAFF_WANTED] = [request.endpoint, {**arguments, **asked}]
        return advance("staff.confirmation")

    return cast(V, guarded)


@bp.get("/confirmation")
def confirmation(form: ProofForm | None = None) -> Response:
    """The form; once it is shown who is here, the file that was asked for."""
    wanted = session.get(keys.STAFF_WANTED) if confirmed_lately() else None
    file = url_for(wanted[0], **wanted[1]) if wanted else None
    return show(
        "confirmation.html", form=form or form_for_get(ProofForm), file=file, email=current_staff().email
    )


@bp.post("/confirmation")
def submit_confirmation() -> Response:
    """Right: on to the file. Counted like a sign-in, of this person's own session."""
    form = ProofForm()
    typed = form.proof.data or ""
    if not form.validate() or not typed:
        form.proof.errors = form.proof.errors or [_("Введите пароль или код.")]
        return reject(confirmation, form)
    try:
        right = is_right(typed)
    except TooManyError as error:
        form.refuse(error, form.proof, _("Слишком много попыток. Повторите %(when)s."))
        return reject(confirmation, form)
    record("confirmed" if right else "confirmation-failed")
    if not right:
        form.proof.errors = [_("Не подходит. Код действует один раз, дождитесь нового.")]
        return reject(confirmation, form)
    session[keys.STAFF_CONFIRMED] = int(unix_time())
    return advance("staff.confirmation")


def is_right(typed: str) -> bool:
    """Whether this is the password or a fresh code. Raises TooManyError."""
    staff, code = current_staff(), re.sub(r"[\s-]", "", typed)
    if re.fullmatch("[0-9]{6}", code):
        return _counted(staff, lambda: staff.use_code(code))
    return password_is_right(typed, staff)


def password_is_right(typed: str, staff: Staff) -> bool:
    """Whether this is the password of who is signed in. Raises TooManyError."""
    return _counted(staff, lambda: hasher().verify(typed, staff.password_hash))


def _counted(staff: Staff, compare: Callable[[], bool]) -> bool:
    with hasher().place():  # before anything is counted
        attempt = LoginAttempt.begin(
            f"staff:{staff.id}", client_address(), f"staff-session:{staff.id}", pause=hasher().outside
        )
        return attempt.verify(compare)
