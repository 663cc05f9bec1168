"""«Мои данные»: name, e-mail, password, phone, devices, download, deletion."""

from flask import Blueprint, Response, abort, json
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from peewee import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from cabinet.forms.password import personal, rule_list
from cabinet.home.forms import (
    ButtonForm,
    ChangePasswordForm,
    DeleteForm,
    DeviceForm,
    EmailForm,
    NameForm,
    PhoneForm,
)
from cabinet.home.history import readable
from cabinet.home.views import guard
from cabinet.models import Device, OneTimeCode, User, WebSession
from cabinet.models.attempt import TooManyError
from cabinet.models.base import settings
from cabinet.models.departure import cancel_deletion, own_data, request_deletion
from cabinet.models.login import LoginAttempt
from cabinet.models.profile import change_email, change_phone, rename, set_password
from cabinet.web import session_keys as keys
from cabinet.web.devices import presented
from cabinet.web.extensions import hasher
from cabinet.web.flow import advance, flash, flashed, form_for_get, page, reject, start_over
from cabinet.web.journeys import phone_proved
from cabinet.web.security import client_address
from cabinet.web.sessions import session
from cabinet.web.sign_in import resident

bp = Blueprint("profile", __name__, url_prefix="/home/profile")
bp.before_request(guard)


@bp.get("")
def profile() -> BaseResponse:
    """All of «Мои данные» at a glance."""
    return page("home/profile.html", user=current_user, form=ButtonForm(formdata=None), notice=flashed())


@bp.get("/name")
def name(form: NameForm | None = None) -> BaseResponse:
    """Change the name."""
    u = current_user
    form = form or form_for_get(
        NameForm, last_name=u.last_name, first_name=u.first_name, middle_name=u.middle_name
    )
    return page("home/name.html", form=form)


@bp.post("/name")
def submit_name() -> BaseResponse:
    """Save the name."""
    form = NameForm()
    if not form.validate():
        return reject(name, form)
    rename(resident(), form.last_name.value, form.first_name.value, form.middle_name.value, client_address())
    flash(_("Имя изменено."))
    return advance("profile.profile")


def _password_is_right(form: EmailForm | PhoneForm | ChangePasswordForm | DeleteForm) -> bool:
    """Check the current password, counted like a login; what is wrong goes on its field."""
    field = form.current_password
    typed, stored = field.data, current_user.password_hash
    if not typed:
        field.errors = [_("Введите ваш нынешний пароль.")]
        return False
    try:
        # a session of the resident's own: counted by itself, so that strangers cannot lock it out
        attempt = LoginAttempt.begin(current_user.phone, client_address(), "session:" + current_user.id)
    except TooManyError as error:
        form.refuse(error, field, _("Слишком много попыток. Попробуйте ещё раз %(when)s."))
        return False
    if not attempt.judge(lambda: hasher().verify(typed, stored)):
        field.errors = [_("Пароль не подходит. Введите его ещё раз.")]
        return False
    return True


@bp.get("/email")
def email(form: EmailForm | None = None) -> BaseResponse:
    """Change the e-mail address."""
    return page("home/email.html", form=form or form_for_get(EmailForm, email=current_user.email))


@bp.post("/email")
def submit_email() -> BaseResponse:
    """Save the address and send the confirmation letter."""
    form = EmailForm()
    if not form.validate() or not _password_is_right(form):
        return reject(email, form)
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
def password(form: ChangePasswordForm | None = None) -> BaseResponse:
    """Change the password."""
    form = form or form_for_get(ChangePasswordForm)
    rules = rule_list(form.password.data or "", personal(current_user))
    return page("home/password.html", form=form, phone=current_user.phone, rules=rules)


@bp.post("/password")
def submit_password() -> BaseResponse:
    """Save the new password; all other devices are signed out."""
    form = ChangePasswordForm()
    good = form.validate() and form.meets_rules(personal(current_user))
    if not good or not _password_is_right(form):
        return reject(password, form)
    key = session.key
    set_password(
        resident(),
        hasher().hash(form.password.data),
        client_address(),
        keep_session=key,
        keep_device=presented(),
    )
    session.rotate()
    flash(_("Пароль изменён. На других устройствах выполнен выход."))
    return advance("profile.profile")


@bp.post("/password/rules")
def check_password() -> BaseResponse:
    """The list of rules as the password typed so far meets them."""
    form = ChangePasswordForm()
    return page("_rules.html", rules=rule_list(form.password.data or "", personal(current_user)))


@bp.get("/phone")
def phone(form: PhoneForm | None = None) -> BaseResponse:
    """Change the phone."""
    return page("home/phone.html", form=form or form_for_get(PhoneForm))


@bp.post("/phone")
def submit_phone() -> BaseResponse:
    """Send a code to the new number."""
    form = PhoneForm()
    if not form.validate() or not _password_is_right(form):
        return reject(phone, form)
    number = form.phone.value
    if number == current_user.phone:
        form.phone.errors = [_("Это ваш нынешний номер.")]
        return reject(phone, form)
    if User.by_phone(number):
        form.phone.errors = [_("По этому номеру уже есть другой кабинет.")]
        return reject(phone, form)
    try:
        code = OneTimeCode.send("phone", number, client_address(), str(get_locale()))
    except TooManyError as error:
        form.refuse(error, form.phone, _("СМС отправляли слишком часто. Следующую можно получить %(when)s."))
        return reject(phone, form)
    session[keys.CODE] = code.id
    return advance("entry.code")


@phone_proved("phone")
def take_new_phone(code: OneTimeCode) -> BaseResponse:
    """The code sent to the new number was right; it counts while the resident is still signed in."""
    if not current_user.is_authenticated:
        return start_over()
    try:
        change_phone(resident(), code.phone, client_address(), keep_session=session.key)
    except IntegrityError:
        session.pop(keys.CODE, None)
        flash(_("По этому номеру уже есть другой кабинет."))
        return advance("profile.profile")
    session.pop(keys.CODE, None)
    flash(_("Номер изменён. Входите теперь по нему."))
    return advance("profile.profile")


@bp.get("/devices")
def devices() -> BaseResponse:
    """Where the resident is signed in."""
    rows = WebSession.live_of(current_user.id)
    return page(
        "home/devices.html", sessions=rows, own=session.key, form=DeviceForm(formdata=None), notice=flashed()
    )


@bp.post("/devices")
def end_device() -> BaseResponse:
    """End one session, or all others."""
    form = DeviceForm()
    own = session.key
    chosen = form.device.data or ""
    if chosen == "others":
        WebSession.end_all(current_user.id, but=own)
        Device.forget(current_user, but=presented())
        flash(_("На других устройствах выполнен выход."))
    else:
        row = WebSession.of_user(current_user.id, chosen)
        if row is None:
            abort(404)
        if row.key != own:
            WebSession.end(row.key)
            flash(_("На том устройстве выполнен выход."))
    return advance("profile.devices")


@bp.get("/data")
def data() -> BaseResponse:
    """Everything kept about the resident, readable."""
    return page("home/data.html", data=readable(own_data(resident())))


@bp.get("/data.json")
def data_json() -> Response:
    """The same as a file."""
    text = json.dumps(own_data(resident()), ensure_ascii=False, indent=2)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = "attachment; filename=cabinet.json"
    return response


@bp.get("/delete")
def delete(form: DeleteForm | None = None) -> BaseResponse:
    """Withdraw the consent and delete the cabinet."""
    days = settings().deletion_grace // 86400
    return page("home/delete.html", form=form or form_for_get(DeleteForm), days=days)


@bp.post("/delete")
def submit_delete() -> BaseResponse:
    """The cabinet will be deleted after the grace period."""
    form = DeleteForm()
    if not form.validate() or not _password_is_right(form):
        return reject(delete, form)
    request_deletion(resident(), client_address())
    flash(_("Согласие отозвано. До удаления можно передумать."))
    return advance("home.home")


@bp.post("/stay")
def stay() -> BaseResponse:
    """Second thoughts."""
    if current_user.delete_at:
        cancel_deletion(resident(), client_address())
        flash(_("Кабинет остаётся."))
    return advance("home.home")
