"""Signing in and out: e-mail, password and a code or passkey in one form with one answer."""

import hashlib
from contextlib import suppress

from flask import g, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models.attempt import TooManyError
from cabinet.models.audit import Audit
from cabinet.models.database import db
from cabinet.models.limits import take
from cabinet.models.login import LoginAttempt
from cabinet.models.recovery_code import RecoveryCode
from cabinet.models.session import WebSession
from cabinet.models.staff import Staff
from cabinet.staff import typed
from cabinet.staff.after_sign_in import address_wanted, wanted_before
from cabinet.staff.devices import own_device, remember_device
from cabinet.staff.forms import SignInForm
from cabinet.staff.guard import admit, bp, current_staff, show
from cabinet.staff.keys import answer_to_sign_in, is_key_of
from cabinet.web.extensions import hasher
from cabinet.web.flow import advance, form_for_get, leave_for, reject
from cabinet.web.security import client_address, client_network
from cabinet.web.sessions import session

LONGEST_CODE = 7  # characters of an authenticator's


@bp.get("/sign-in")
def sign_in(form: SignInForm | None = None, *, to: str = "") -> Response:
    """The form that asks for e-mail, password and code; it leads on to the address `to`."""
    form = form or form_for_get(SignInForm)
    wanted = {"to": to} if to else wanted_before()
    return show("sign_in.html", form=form, by_recovery=_by_recovery(form), wanted=wanted)


def _by_recovery(form: SignInForm) -> bool:
    """Whether the code is asked for that takes the authenticator's place."""
    typed = (form.code.data or "").strip()
    return request.args.get("by") == "recovery" or len(typed) > LONGEST_CODE


@bp.post("/sign-in")
def submit_sign_in() -> Response:
    """All three right: on to what was asked for. Any wrong: the same answer after the same work."""
    form = SignInForm()
    if not form.validate():
        return reject(sign_in, form, **wanted_before())
    staff = Staff.by_email(form.email.data)
    known = staff if staff and staff.blocked_at is None else None
    try:
        with hasher().place():  # before anything is counted
            right = _begin(form.email.data, own_device(staff)).verify(lambda: _is_right(known, form))
    except TooManyError as error:
        form.refuse(error, None, _("Слишком много попыток. Повторите %(when)s."))
        return reject(sign_in, form, **wanted_before())
    with db.atomic():
        who = f"staff:{staff.id}" if staff else "visitor"
        Audit.record("staff-signed-in" if right else "staff-sign-in-failed", who, ip=client_address())
    if not right or known is None:
        form.form_errors.append(
            _("Адрес, пароль или код не подходят. Код действует один раз, дождитесь нового.")
        )
        return reject(sign_in, form, **wanted_before())
    if hasher().needs_rehash(known.password_hash):
        known.rehash(hasher().hash(form.password.data))
    admit(known)
    remember_device(known)
    g.staff = known
    address = address_wanted()
    return leave_for(address) if address else advance("staff.start")


@bp.post("/sign-out")
def submit_sign_out() -> Response:
    """End the session at once."""
    with db.atomic():
        Audit.record("staff-signed-out", current_staff().actor, ip=client_address())
        WebSession.end(session.key)
    written = typed.half_written(current_staff())
    g.staff = None
    session.clear()
    session.renew()
    session.update(written)
    session.replaces_ended = True
    return advance("staff.sign_in")


def _is_right(known: Staff | None, form: SignInForm) -> bool:
    """Whether the password is right, and what is beside it: a passkey's answer, or a code.

    An answer is used up first, or what becomes of it would tell whether the password was right.
    """
    answer = answer_to_sign_in(form.answer.data) if form.by_passkey else None
    stored = (known.password_hash or None) if known else None
    if not hasher().verify(form.password.data, stored) or known is None:
        return False
    if form.by_passkey:
        return answer is not None and is_key_of(known, answer)
    return _is_code_of(known, form.code.value)


def _is_code_of(staff: Staff, code: str) -> bool:
    """Whether it is the authenticator's code, or one of recovery; it is used up."""
    if code.isdigit():
        return staff.use_code(code)
    return RecoveryCode.use(staff, code, client_address())


def _begin(email: str, device: str | None) -> LoginAttempt:
    """Count the attempt: in a browser that the person signed in from before by itself, else by the address.

    Where strangers have locked the address, each client network has a few tries of its own, so that nobody is
    shut out by others in a new browser either. Raises TooManyError.
    """
    subject, client = _subject(email), client_network()
    try:
        return LoginAttempt.begin(subject, client_address(), device, pause=hasher().outside)
    except TooManyError as locked:
        if device:
            raise
        with suppress(TooManyError):
            take("staff-reserve", f"{subject} {client}")
            own = f"network:{client}"
            return LoginAttempt.begin(subject, client_address(), own, pause=hasher().outside)
        raise locked from None


def _subject(email: str) -> str:
    """The subject that failures are counted by; fits the column whatever was typed."""
    return "staff:" + hashlib.sha256(email.strip().lower().encode()).hexdigest()[:24]
