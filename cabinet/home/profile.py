"""«Мои данные»: name, e-mail, password, phone."""

from flask import Blueprint
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from peewee import IntegrityError
from werkzeug.wrappers import Response

from cabinet.forms.password import personal, rule_list
from cabinet.home.forms import (
    ButtonForm,
    ChangePasswordForm,
    EmailForm,
    NameForm,
    PhoneForm,
)
from cabinet.home.reauthentication import ask_who, confirmed_lately, password_is_right
from cabinet.home.views import guard
from cabinet.models import OneTimeCode, Passkey, User
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.models.max_link import is_on
from cabinet.models.passed_number import is_unseen
from cabinet.models.profile import change_email, change_phone, rename, set_password
from cabinet.models.unit import unit
from cabinet.web import session_keys as keys
from cabinet.web.devices import presented
from cabinet.web.extensions import hasher
from cabinet.web.flow import advance, flash, flashed, form_for_get, from_the_start, page, reject
from cabinet.web.journeys import phone_verified
from cabinet.web.security import client_address
from cabinet.web.sessions import session
from cabinet.web.sign_in import resident, stay_signed_in

bp = Blueprint("profile", __name__, url_prefix="/home/profile")
bp.before_request(guard)


@bp.get("")
def profile() -> Response:
    """All of «Мои данные» at a glance."""
    return page(
        "home/profile.html",
        user=current_user,
        form=ButtonForm(formdata=None),
        notice=flashed(),
        max_bot=is_on(),
    )


@bp.get("/name")
def name(form: NameForm | None = None) -> Response:
    """The form to change the name, filled in with the current one."""
    u = current_user
    form = form or form_for_get(
        NameForm, last_name=u.last_name, first_name=u.first_name, middle_name=u.middle_name
    )
    return page("home/name.html", form=form)


@bp.post("/name")
def submit_name() -> Response:
    """Save the name and notify the staff."""
    form = NameForm()
    if not form.validate():
        return reject(name, form)
    rename(resident(), form.last_name.value, form.first_name.value, form.middle_name.value, client_address())
    flash(_("Имя изменено."))
    return advance("profile.profile")


@bp.get("/email")
def email(form: EmailForm | None = None) -> Response:
    """Change the e-mail address."""
    form = form or form_for_get(EmailForm, email=current_user.email)
    return page("home/email.html", form=form, confirmed=confirmed_lately())


@bp.post("/email")
def submit_email() -> Response:
    """Save the address and send the confirmation e-mail."""
    form = EmailForm()
    if not form.validate():
        return reject(email, form)
    if asked := ask_who(email, form):
        return asked
    if form.email.value == current_user.email and not current_user.needs_email:
        form.email.errors = [_("Это ваш нынешний адрес почты.")]
        return reject(email, form)
    try:
        change_email(resident(), form.email.value, client_address())
    except TooManyError as error:
        form.refuse(error, form.email, _("Почту меняли слишком часто. Попробуйте %(when)s."))
        return reject(email, form)
    flash(_("Отправили письмо на %(email)s: откройте ссылку из него.", email=form.email.value))
    return advance("profile.profile")


@bp.get("/password")
def password(form: ChangePasswordForm | None = None) -> Response:
    """The form to change the password, with its rules."""
    form = form or form_for_get(ChangePasswordForm)
    rules = rule_list(form.password.data or "", personal(current_user))
    return page("home/password.html", form=form, account_name=resident().account_name, rules=rules)


@bp.post("/password")
def submit_password() -> Response:
    """Save the new password; all other devices are signed out."""
    form = ChangePasswordForm()
    good = form.validate() and form.meets_rules(personal(current_user))
    if not good or not password_is_right(form):
        return reject(password, form)
    user, hashed = resident(), hasher().hash(form.password.data)

    def save() -> None:
        set_password(
            user,
            hashed,
            client_address(),
            keep_session=session.key,
            keep_device=presented(),
            keep_passkey=session.get(keys.PASSKEY),
        )
        stay_signed_in(user)

    unit(save, changed=(user,))
    flash(_("Пароль изменён. На других устройствах вы вышли."))
    return advance("profile.profile")


@bp.post("/password/rules")
def check_password() -> Response:
    """The list of rules as the password typed so far meets them."""
    form = ChangePasswordForm()
    return page("_rules.html", rules=rule_list(form.password.data or "", personal(current_user)))


@bp.get("/phone")
def phone(form: PhoneForm | None = None) -> Response:
    """The form to change the phone."""
    return page("home/phone.html", form=form or form_for_get(PhoneForm), confirmed=confirmed_lately())


@bp.post("/phone")
def submit_phone() -> Response:
    """Send a code to the new number."""
    form = PhoneForm()
    if not form.validate():
        return reject(phone, form)
    if asked := ask_who(phone, form):
        return asked
    number = form.phone.value
    if number == current_user.phone:
        form.phone.errors = [_("Это ваш нынешний номер.")]
        return reject(phone, form)
    other = User.by_phone(number)
    if other and not is_unseen(other):
        form.phone.errors = [_("По этому номеру уже есть другой кабинет.")]
        return reject(phone, form)
    try:
        code = OneTimeCode.send("phone", number, client_address(), str(get_locale()))
    except TooManyError as error:
        form.refuse(error, form.phone, _("Новый код можно запросить %(when)s."))
        return reject(phone, form)
    session[keys.CODE] = code.id
    return advance("entry.code")


@phone_verified("phone")
def take_new_phone(code: OneTimeCode) -> str:
    """The code sent to the new number was right; change the phone if the resident is still signed in."""
    if not current_user.is_authenticated:
        return from_the_start()
    user = resident()
    try:
        with db.atomic():  # a savepoint: the code was right, whatever becomes of the number
            kept = Passkey.own(user, session.get(keys.PASSKEY, ""))
            change_phone(user, code.phone, client_address(), session.key, kept.created_at if kept else None)
            stay_signed_in(user)
    except IntegrityError:
        session.pop(keys.CODE, None)
        flash(_("По этому номеру уже есть другой кабинет."), "warn")
        return "profile.profile"
    flash(_("Номер изменён. Входите теперь по нему."))
    return "profile.profile"
