"""«Ключи входа»: a member of staff's own passkeys, and the sign-in by one in place of the app's code."""

from contextlib import suppress

from flask import abort, jsonify
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from peewee import IntegrityError
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from cabinet.forms.base import StepForm
from cabinet.models.passkey import LONGEST_NAME, TooManyPasskeysError
from cabinet.models.passkey_answers import (
    Answer,
    BadAnswerError,
    Owner,
    host,
    made,
    options_for,
    text_of,
    verify,
)
from cabinet.models.staff import Staff
from cabinet.models.staff_passkey import StaffPasskey
from cabinet.staff.guard import bp, current_staff, show
from cabinet.staff.step_up import ProvedForm, prove, proved_lately
from cabinet.staff.unsent import half_written, keeps
from cabinet.web.challenges import ask, take_answer
from cabinet.web.flow import advance, flash, flashed, form_for_get, reject
from cabinet.web.security import client_address, user_agent
from cabinet.wording.browsers import browser_name

ADDING, SIGNING_IN = "staff-add", "staff-sign-in"


class KeyForm(StepForm):
    """What the browser made, and what the person calls it."""

    name = StringField(_l("Название"), validators=[Length(max=LONGEST_NAME)])
    answer = StringField()


class KeysForm(ProvedForm):
    """Who changes the list."""


@bp.get("/me/passkeys")
def passkeys(form: KeysForm | None = None) -> Response:
    """Which there are; whoever shows who they are may change them."""
    return show(
        "passkeys.html",
        passkeys=StaffPasskey.of(current_staff()),
        proved=proved_lately(),
        form=form if isinstance(form, KeysForm) else form_for_get(KeysForm),
        new=KeyForm(formdata=None, data=half_written("add_passkey")),
        notice=flashed(),
    )


@bp.post("/me/passkeys/confirm")
def confirm_passkeys() -> Response:
    """The password or a code of the app, which is asked for before the list is changed."""
    form = KeysForm()
    if not form.validate() or not prove(form):
        return reject(passkeys, form)
    return advance("staff.passkeys")


@bp.get("/me/passkeys/options")
def passkey_options() -> Response:
    """By what the page's script has one made; nothing where it asks first who is here."""
    if not proved_lately():
        return Response(status=204)
    staff = current_staff()
    owner = Owner(staff.id, staff.email, staff.shown, [one.credential for one in StaffPasskey.of(staff)])
    return jsonify(options_for(owner, ask(ADDING)))


@bp.post("/me/passkeys")
@keeps("passkeys", "name")
def add_passkey() -> Response:
    """Keep one that the browser made."""
    form = KeyForm()
    if not proved_lately():
        _ask_again()
    elif not form.validate():
        flash(_("Название слишком длинное. Сократите и попробуйте ещё раз."), "warn")
    else:
        _add(form)
    return advance("staff.passkeys")


def _add(form: KeyForm) -> None:
    name = (form.name.data or "").strip() or browser_name(user_agent(), _)
    try:
        new = made(take_answer(form.answer.data or "", ADDING), name)
        added = StaffPasskey.add(current_staff(), client_address(), **new)
    except TooManyPasskeysError:
        flash(_("Ключей уже десять. Чтобы добавить ещё один, уберите лишний."), "warn")
    except (BadAnswerError, IntegrityError):
        flash(_("Не получилось. Попробуйте ещё раз."), "warn")
    else:
        if added:
            flash(_("Готово. В следующий раз войдёте с паролем и этим ключом."))
        else:
            flash(_("Не получилось. Попробуйте ещё раз."), "warn")


def _ask_again() -> None:
    flash(_("Прошло много времени, ничего не изменилось. Подтвердите ещё раз, что это вы."), "info")


@bp.post("/me/passkeys/<passkey_id>/remove")
def remove_passkey(passkey_id: str) -> Response:
    """It signs in no more."""
    if not proved_lately():
        _ask_again()
    elif StaffPasskey.remove(current_staff(), passkey_id, client_address()):
        flash(_("Этим ключом больше не войти."))
    else:
        abort(404)
    return advance("staff.passkeys")


@bp.get("/sign-in/passkey")
def passkey_question() -> Response:
    """What a passkey is to answer in place of the code; it says nothing of who has one."""
    return jsonify(challenge=text_of(ask(SIGNING_IN)), rpId=host())


def answer_to_sign_in(text: str) -> Answer | None:
    """The answer to the question of this browser, which is used up; None where it is none."""
    try:
        return take_answer(text, SIGNING_IN)
    except BadAnswerError:
        return None


def is_key_of(staff: Staff, answer: Answer) -> bool:
    """Whether a passkey of this person gave the answer."""
    mine = (StaffPasskey.credential == answer.credential, StaffPasskey.staff == staff.id)
    found: StaffPasskey | None = StaffPasskey.get_or_none(*mine)
    if found is None:
        return False
    with suppress(BadAnswerError):
        if found.use(*verify(answer, found), client_address()):
            return True
    found.refuse(client_address())
    return False
