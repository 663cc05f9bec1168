"""Signing in by a passkey, without phone and password."""

from flask import Blueprint, jsonify
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import StringField

from cabinet.forms.base import StepForm
from cabinet.models import Passkey, User
from cabinet.models.attempt import TooManyError
from cabinet.models.passkey_answers import BadAnswerError, host, text_of
from cabinet.models.user import CredentialsChangedError
from cabinet.web import session_keys as keys
from cabinet.web.challenges import ask, prove
from cabinet.web.flow import advance, flash, wait_at
from cabinet.web.sessions import session
from cabinet.web.sign_in import begin_session, first_page
from cabinet.wording.waits import wait_words

bp = Blueprint("passkey_login", __name__)
PURPOSE = "sign-in"


class PasskeyForm(StepForm):
    """What the browser answered."""

    answer = StringField()


@bp.get("/login/passkey")
def question() -> Response:
    """What a passkey is to answer; the page's script asks for it."""
    return jsonify(challenge=text_of(ask(PURPOSE)), rpId=host())


@bp.post("/login/passkey")
def submit() -> Response:
    """Right: the cabinet. Wrong in any way: back to the step, with a sentence."""
    form = PasskeyForm()
    try:
        if not form.validate():
            raise BadAnswerError("sent twice")
        prove(form.answer.data or "", PURPOSE, then=_sign_in)
    except TooManyError as error:
        flash(_("Слишком много попыток. Попробуйте ещё раз %(when)s.", when=wait_words(error.wait)), "warn")
        return wait_at(_step(), error.wait)
    except (BadAnswerError, CredentialsChangedError):
        flash(_("Так войти не получилось. Войдите по номеру телефона и паролю."), "warn")
        return advance(_step())
    return advance(first_page())


def _sign_in(user: User, passkey: Passkey) -> None:
    begin_session(user, passkey=passkey.id)


def _step() -> str:
    """Where the way in goes on without passkeys."""
    return "login.password" if session.get(keys.PHONE) else "entry.phone"
