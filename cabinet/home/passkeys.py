"""«Вход по отпечатку или лицу»: a resident's passkeys, listed, named, added, removed."""

from flask import Blueprint, abort, jsonify
from flask_babel import gettext as _
from peewee import IntegrityError
from werkzeug.wrappers import Response

from cabinet.home.forms import ButtonForm, ConfirmForm, NewPasskeyForm, PasskeyNameForm
from cabinet.home.reauthentication import ask_who, confirmed_lately
from cabinet.home.views import guard
from cabinet.models import Passkey
from cabinet.models.attempt import TooManyError
from cabinet.models.limits import take
from cabinet.models.passkey import TooManyPasskeysError
from cabinet.models.passkey_answers import BadAnswerError, made, options_to_add
from cabinet.web.challenges import ask, take_answer
from cabinet.web.flow import advance, flash, flashed, form_for_get, page, reject
from cabinet.web.security import client_address, user_agent
from cabinet.web.sign_in import resident
from cabinet.wording.browsers import browser_name
from cabinet.wording.waits import wait_words

bp = Blueprint("passkeys", __name__, url_prefix="/home/profile/passkeys")
bp.before_request(guard)
PURPOSE = "add"


@bp.get("")
def passkeys(form: ConfirmForm | None = None) -> Response:
    """Which there are; more can be added by whoever has just shown who they are."""
    return page(
        "home/passkeys.html",
        passkeys=Passkey.of(resident()),
        confirmed=confirmed_lately(sign_in_counts=True),
        form=form or form_for_get(ConfirmForm),
        notice=flashed(),
    )


@bp.post("/confirm")
def confirm() -> Response:
    """The password, which is asked for before passkeys are added or removed."""
    form = ConfirmForm()
    if not form.validate():
        return reject(passkeys, form)
    if asked := ask_who(passkeys, form):
        return asked
    return advance("passkeys.passkeys")


@bp.get("/options")
def options() -> Response:
    """By what the page's script has a passkey made; nothing where the password is asked for first."""
    if not confirmed_lately(sign_in_counts=True):
        return Response(status=204)
    return jsonify(options_to_add(resident(), ask(PURPOSE)))


@bp.post("")
def add() -> Response:
    """Keep a passkey that the browser made."""
    form = NewPasskeyForm()
    if form.validate() and confirmed_lately(sign_in_counts=True):
        try:
            _add(form.answer.data or "")
        except TooManyError as error:
            when = wait_words(error.wait)
            flash(_("Устройства добавляли слишком часто. Попробуйте %(when)s.", when=when), "warn")
        except TooManyPasskeysError:
            flash(_("Устройств уже десять. Чтобы добавить ещё одно, уберите лишнее."), "warn")
        except (BadAnswerError, IntegrityError):
            flash(_("Не получилось. Попробуйте ещё раз."), "warn")
        else:
            flash(_("Готово. В следующий раз войдёте по отпечатку или лицу."))
    return advance("home.home" if form.home.data else "passkeys.passkeys")


def _add(text: str) -> None:
    answer = take_answer(text, PURPOSE)
    take("passkey", resident().id)
    new = made(answer, browser_name(user_agent(), _))
    Passkey.add(resident(), client_address(), user_agent(), **new)


def _own(key: str) -> Passkey:
    found = Passkey.own(resident(), key)
    if found is None:
        abort(404)
    return found


@bp.get("/<key>")
def passkey(key: str, form: PasskeyNameForm | None = None) -> Response:
    """One: its name, and a button to remove it."""
    one = _own(key)
    form = form or form_for_get(PasskeyNameForm, name=one.name)
    return page("home/passkey.html", one=one, form=form, button=ButtonForm(formdata=None))


@bp.post("/<key>")
def rename(key: str) -> Response:
    """Give it a name that the resident knows it by."""
    one, form = _own(key), PasskeyNameForm()
    if not form.validate():
        return reject(passkey, form)
    one.rename(form.name.value)
    flash(_("Название изменено."))
    return advance("passkeys.passkeys")


@bp.post("/<key>/remove")
def remove(key: str) -> Response:
    """It signs in no more."""
    one = _own(key)
    if confirmed_lately(sign_in_counts=True):
        one.remove(resident(), client_address(), user_agent())
        flash(_("Это устройство больше не входит по отпечатку или лицу."))
    else:
        flash(_("Введите пароль, чтобы менять список."), "info")
    return advance("passkeys.passkeys")
