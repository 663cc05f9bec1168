"""«У меня есть кабинет на другой номер»: the other is proved, what it brings is shown, and they become one.

It is proved by a code to its phone, by one of its passkeys, or by its phone and password; beside a password,
and a number or a passkey that is new there, `other_cabinet` asks for more. Until then nothing says whether it
exists.
"""

from flask import Blueprint, jsonify, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cabinet.home.forms import MergeForm, NewPasskeyForm, OtherCabinetForm
from cabinet.home.other_cabinet import (
    from_the_beginning,
    merged,
    number_is_settled,
    other_cabinet,
    send_code,
    shown,
)
from cabinet.home.reauthentication import ask_who, confirmed_lately
from cabinet.home.views import guard
from cabinet.models import OneTimeCode, Passkey, User
from cabinet.models.attempt import TooManyError
from cabinet.models.login import LoginAttempt
from cabinet.models.merging import CabinetChangedError, brings, merge
from cabinet.models.passkey_answers import BadAnswerError, host, text_of
from cabinet.models.user import CredentialsChangedError
from cabinet.web import session_keys as keys
from cabinet.web.challenges import ask, prove
from cabinet.web.devices import known_device
from cabinet.web.extensions import hasher
from cabinet.web.flow import advance, flash, flashed, form_for_get, from_the_start, page, reject, wait_at
from cabinet.web.journeys import phone_verified
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session
from cabinet.web.sign_in import resident
from cabinet.wording.waits import wait_words

bp = Blueprint("merging", __name__, url_prefix="/home/profile/merge")
bp.before_request(guard)
PURPOSE = "merge"


@bp.before_request
def need_a_number() -> Response | None:
    """A cabinet without a number gets one first: it is what one signs in by when they are one."""
    return None if resident().has_number else advance("profile.phone")


@bp.get("")
def other(form: OtherCabinetForm | None = None) -> Response:
    """Which cabinet it is, and its password."""
    return page("home/merge.html", form=form or form_for_get(OtherCabinetForm), notice=flashed())


@bp.post("")
def submit_other() -> Response:
    """Its password is right, or a code is sent to its phone. Wrong in any way: the same answer."""
    form = OtherCabinetForm()
    if not form.validate():
        return reject(other, form)
    if form.phone.value == current_user.phone:
        form.phone.errors = [_("Это номер кабинета, в котором вы сейчас. Введите другой.")]
        return reject(other, form)
    if request.form.get("way") == "code":
        return _send_code(form)
    if not form.password.data:
        form.password.errors = [_("Введите пароль того кабинета или запросите код.")]
        return reject(other, form)
    try:
        with hasher().place():  # before anything is counted
            led_to = _try(form.phone.value, form.password.data)
    except TooManyError as error:
        form.refuse(error, form.password, _("Слишком много попыток. Попробуйте ещё раз %(when)s."))
        return reject(other, form)
    if led_to:
        return advance(led_to)
    form.password.errors = [_("Номер или пароль не подходит. Проверьте их или запросите код.")]
    return reject(other, form)


def _try(phone: str, typed: str) -> str | None:
    """Where the password leads, counted like a log-in of that phone. Raises TooManyError, BusyError."""
    found = User.by_phone(phone)
    attempt = LoginAttempt.begin(
        phone, client_address(), known_device(found), user_agent(), pause=hasher().outside
    )
    stored = found.password_hash if found and found.is_active else None
    led_to = ""

    def go_on() -> None:
        nonlocal led_to
        assert found is not None  # or nothing was stored that could be right
        found.hold()
        session.rotate()
        led_to = shown(found, "password", settled=False)

    try:
        return led_to if attempt.verify(lambda: hasher().verify(typed, stored), then=go_on) else None
    except CredentialsChangedError:  # of the other cabinet: it was the old password
        return None


def _send_code(form: OtherCabinetForm) -> Response:
    try:
        return send_code(form.phone.value)
    except TooManyError as error:
        form.refuse(error, form.phone, _("Новый код можно запросить %(when)s."))
        return reject(other, form)


@phone_verified("merge")
def prove_by_code(code: OneTimeCode) -> str:
    """The code sent to the other number was right; whether it has a cabinet may be said now."""
    if not current_user.is_authenticated:
        return from_the_start()
    session.pop(keys.CODE, None)
    found = User.by_phone(code.phone)
    if found is None or not found.is_active or found.id == current_user.id:
        flash(_("По этому номеру нет другого кабинета."), "info")
        return "merging.other"
    return shown(found, "code", settled=number_is_settled(found))


@bp.get("/passkey")
def question() -> Response:
    """What a passkey of the other cabinet is to answer; the page's script asks for it."""
    return jsonify(challenge=text_of(ask(PURPOSE)), rpId=host())


@bp.post("/passkey")
def by_passkey() -> Response:
    """Right: as a code. Wrong in any way: back, with a sentence."""
    form, led_to = NewPasskeyForm(), list[str]()

    def go_on(found: User, passkey: Passkey) -> None:
        if found.id == current_user.id:
            flash(_("Это ключ кабинета, в котором вы сейчас."), "info")
            led_to.append("merging.other")
            return
        found.hold()
        session.rotate()
        led_to.append(shown(found, "passkey", settled=passkey.is_settled))

    try:
        prove(form.answer.data or "" if form.validate() else "", PURPOSE, then=go_on)
    except TooManyError as error:
        flash(_("Слишком много попыток. Попробуйте ещё раз %(when)s.", when=wait_words(error.wait)), "warn")
        return wait_at("merging.other", error.wait)
    except (BadAnswerError, CredentialsChangedError):
        flash(_("Не получилось. Введите пароль или запросите код."), "warn")
        return advance("merging.other")
    return advance(led_to[-1])


@bp.get("/review")
def review(form: MergeForm | None = None) -> Response:
    """What moves, what comes along if that is wanted, and what ends."""
    found = other_cabinet()
    if found is None:
        return from_the_beginning()
    holding = brings(resident(), found)
    form = form or form_for_get(MergeForm, email=bool(holding.email))
    shown_as = {"own": current_user.phone, "other": found.phone, "asked": found.id}
    return page("home/merge_review.html", form=form, brings=holding, confirmed=confirmed_lately(), **shown_as)


@bp.post("/review")
def submit_review() -> Response:
    """Merge them, once it is shown who is here: the one that this very page asked about."""
    found, asked_about = other_cabinet(), request.form.get("asked", "")
    if found is None or found.id != asked_about:  # another tab may have proved another one since
        return from_the_beginning(asked_about)
    form = MergeForm()
    if not form.validate():
        return reject(review, form)
    if asked := ask_who(review, form):
        return asked
    try:
        merge(resident(), found, client_address(), form.email.data, form.passkeys.data)
    except CabinetChangedError:
        return from_the_beginning(found.id)
    return merged()
