"""Asks again who is here before sensitive changes: by the password, a passkey, or a code to the phone.

What proved it is good for CONFIRM_AFTER. The sign-in itself counts for passkeys only, which are offered right
after it; so one that was added within a day proves nothing here.
"""

from collections.abc import Callable

from flask import Blueprint, jsonify, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cabinet.home.forms import ChangePasswordForm, ConfirmedForm, NewPasskeyForm
from cabinet.home.views import guard
from cabinet.models import OneTimeCode, Passkey, User
from cabinet.models.attempt import TooManyError
from cabinet.models.base import settings, unix_time
from cabinet.models.login import LoginAttempt
from cabinet.models.passkey_answers import BadAnswerError, host, text_of
from cabinet.models.phone_proof import proved_by_sim
from cabinet.web import session_keys as keys
from cabinet.web.challenges import ask, prove
from cabinet.web.devices import known_device
from cabinet.web.extensions import hasher
from cabinet.web.flow import advance, from_the_start, reject
from cabinet.web.journeys import phone_verified
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session
from cabinet.web.sign_in import resident

bp = Blueprint("confirmation", __name__, url_prefix="/home/confirm")
bp.before_request(guard)
PURPOSE = "confirm"


def confirmed_lately(sign_in_counts: bool = False) -> bool:
    """Whether it was proved within CONFIRM_AFTER who is in this session."""
    proved: int = session.get(keys.CONFIRMED if sign_in_counts else keys.CONFIRMED_AGAIN, 0)
    return unix_time() - proved < settings().confirm_after


def ask_who(view: Callable[..., Response], form: ConfirmedForm) -> Response | None:
    """None where it is proved who sends the form; else the step at which it is to be.

    `view` is the GET view of the form. What was typed is kept, also while a code is waited for.
    """
    if confirmed_lately():
        return None
    if request.form.get("confirm") == "code":
        return _send_code(view, form)
    return None if password_is_right(form) else reject(view, form)


def password_is_right(form: ConfirmedForm | ChangePasswordForm) -> bool:
    """Check the current password, counted like a login; errors go on its field."""
    field = form.current_password
    typed, stored = field.data, current_user.password_hash
    if not typed:
        field.errors = [_("Введите ваш нынешний пароль.")]
        return False
    try:
        with hasher().place():  # before anything is counted
            # the resident's own session is counted separately, so that strangers cannot lock it out
            attempt = LoginAttempt.begin(
                current_user.phone,
                client_address(),
                "session:" + current_user.id,
                user_agent(),
                pause=hasher().outside,
            )
            right = attempt.verify(lambda: hasher().verify(typed, stored))
    except TooManyError as error:
        form.refuse(error, field, _("Слишком много попыток. Попробуйте ещё раз %(when)s."))
        return False
    if not right:
        field.errors = [_("Пароль не подходит. Введите его ещё раз.")]
        return False
    _confirm()
    return True


def _confirm() -> None:
    session[keys.CONFIRMED] = session[keys.CONFIRMED_AGAIN] = int(unix_time())


def _send_code(view: Callable[..., Response], form: ConfirmedForm) -> Response:
    user = resident()
    if not user.has_number:
        form.current_password.errors = [_("У кабинета нет номера, код прислать некуда. Введите пароль.")]
        return reject(view, form)
    own = known_device(user) is not None
    try:
        code = OneTimeCode.send(
            "confirm", user.phone, client_address(), str(get_locale()), known=True, device=own
        )
    except TooManyError as error:
        form.refuse(error, form.current_password, _("Новый код можно запросить %(when)s."))
        return reject(view, form)
    session[keys.UNDER_WAY] = [f"{request.blueprint}.{view.__name__}", form.remember()]
    session[keys.CODE] = code.id
    return advance("entry.code")


@phone_verified("confirm")
def go_on(code: OneTimeCode) -> str:
    """The code was right: back to the form, with what was typed."""
    endpoint, typed = session.pop(keys.UNDER_WAY, ("profile.profile", None))
    if not current_user.is_authenticated or code.phone != current_user.phone:
        return from_the_start()
    session.pop(keys.CODE, None)
    if typed:
        session[keys.TYPED] = typed
    proved_by_sim(resident())
    _confirm()
    return str(endpoint)


@bp.get("/passkey")
def question() -> Response:
    """What a passkey is to answer in place of the password; the page's script asks for it."""
    return jsonify(challenge=text_of(ask(PURPOSE)), rpId=host())


@bp.post("/passkey")
def by_passkey() -> Response:
    """Nothing to see: the script sends the form again, or says that it did not work."""
    form = NewPasskeyForm()

    def check(user: User, passkey: Passkey) -> None:
        if user.id != current_user.id or not passkey.is_settled:
            raise BadAnswerError("of another resident, or added just now by whoever found the cabinet open")
        user.hold()

    try:
        prove(form.answer.data or "" if form.validate() else "", PURPOSE, then=check)
    except BadAnswerError:
        return Response(status=422)
    _confirm()
    return Response(status=204)
