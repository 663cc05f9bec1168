"""The steps of the registration, in the order of the journey."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from cabinet.forms.password import NewPasswordForm, personal, rule_list
from cabinet.forms.person import date_text
from cabinet.forms.receipt import ChargeForm, amount_text
from cabinet.models import OneTimeCode, Registration, invitation
from cabinet.models.registered import PhoneTakenError
from cabinet.models.registration import STEPS
from cabinet.models.unit import unit
from cabinet.models.way_back import WayBack
from cabinet.register.forms import AddressForm, ProfileForm
from cabinet.register.kept_steps import address_found, empty_receipt
from cabinet.web import session_keys as keys
from cabinet.web.current import g, request
from cabinet.web.extensions import hasher
from cabinet.web.flow import (
    advance,
    flash,
    flashed,
    form_for_get,
    from_the_start,
    page,
    reject,
    show_again,
    start_over,
)
from cabinet.web.journeys import half_done, phone_verified
from cabinet.web.kept_pages import nothing_said
from cabinet.web.lookup import find_charge, may_try, tries
from cabinet.web.photo import fill_from_photo, photo_row
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session
from cabinet.web.sign_in import begin_session, sign_in
from cabinet.wording import documents

INVITATION_OVER = _l("Приглашение больше не действует. Введите данные квитанции.")

bp = Blueprint("register", __name__, url_prefix="/register")


@bp.before_request
def guard() -> Response | None:
    """Redirect to the current step when one out of turn is asked for."""
    registration = session.registration_of(keys.VERIFIED)
    if registration is None:
        if session.get(keys.CODE) and not session.pop(keys.VERIFIED, None):
            return advance("entry.code")
        return start_over()
    g.registration = registration
    if registration.step == "done":
        # the last step was submitted twice: its password is asked again in submit_password
        return None if request.endpoint == "register.submit_password" else advance("entry.phone")
    if not registration.keeps_invitation():
        flash(str(INVITATION_OVER), "info")
    step = (request.endpoint or "").removeprefix("register.").removeprefix("submit_")
    if step in STEPS and not registration.may_see(step):
        return advance(f"register.{registration.step}")
    return None


@phone_verified("registration")
def begin(code: OneTimeCode) -> str:
    """The phone is verified: continue the registration."""
    registration = session.registration_of(keys.REGISTRATION)
    if registration is None or registration.phone != code.phone:
        return from_the_start()
    registration.verify_phone(code.id)
    session[keys.VERIFIED] = registration.id
    if session.pop(keys.START, None) == "request":
        return "requests.new"
    return _step_in_turn(registration)


@half_done("registration")
def resume(phone: str | None) -> Response | None:
    """The step in turn, if a phone was verified in this session, `phone` where one is given."""
    registration = session.registration_of(keys.VERIFIED)
    if registration is None or phone not in (None, registration.phone):
        return None
    return advance(_step_in_turn(registration))


def _step_in_turn(registration: Registration) -> str:
    """Where a registration with a verified phone continues."""
    if registration.step == "done":
        return "entry.phone"
    g.registration = registration
    return f"register.{registration.step}"


@bp.get("/")
def current() -> Response:
    """Redirect to the current step."""
    return advance(f"register.{g.registration.step}")


@bp.get("/account")
def account(form: ChargeForm | None = None) -> Response:
    """Period, personal account and amount of a receipt."""
    r = g.registration
    asked = r.latest_request if not r.account_id else None
    if form is None and not (asked or r.account_id or r.period) and nothing_said() and may_try(r.phone):
        return empty_receipt()
    form = form or form_for_get(
        ChargeForm,
        period=f"{r.period:%Y-%m}" if r.period else None,
        account=r.account.printed if r.account_id else asked.account if asked else "",
        amount=amount_text(r.amount),
    )
    more = tries(form, r.phone) | photo_row(url_for("register.read_photo"))
    return page("register/account.html", form=form, notice=flashed(), **more)


@bp.post("/account")
def submit_account() -> Response:
    """Look the account up."""
    form = ChargeForm()
    if not form.validate() or not find_charge(form, g.registration.match_account):
        return reject(account, form)
    return advance("register.address")


@bp.post("/account/photo")
def read_photo() -> Response:
    """Fill the three fields from the code on a photo of the receipt; the resident checks and sends them."""
    form = ChargeForm()
    return show_again(account, form) if fill_from_photo(form, g.registration.phone) else reject(account, form)


@bp.get("/address")
def address(form: AddressForm | None = None) -> Response:
    """«Это ваш адрес?»: shows the address of the account found."""
    r = g.registration
    if form is None and nothing_said():
        return address_found(r.account, r.period)
    return page(
        "register/address.html",
        form=form or form_for_get(AddressForm),
        number=r.account.printed,
        address=r.account.address,
        period=r.period,
    )


@bp.post("/address")
def submit_address() -> Response:
    """«Да» goes on, «Нет» back to the account."""
    form = AddressForm()
    if not form.validate():
        return reject(address, form)
    if form.answer.data == "yes":
        if WayBack.of(g.registration):
            return advance("way_back.question")
        g.registration.confirm_address()
        return advance("register.profile")
    g.registration.deny_address(client_address())
    return advance("register.account")


@bp.get("/profile")
def profile(form: ProfileForm | None = None) -> Response:
    """Names, birth date, e-mail."""
    r = g.registration
    form = form or form_for_get(
        ProfileForm,
        last_name=r.last_name,
        first_name=r.first_name,
        middle_name=r.middle_name,
        birth_date=date_text(r.birth_date),
        email=r.email,
    )
    return page("register/profile.html", form=form, terms=documents.current("terms"))


@bp.post("/profile")
def submit_profile() -> Response:
    """Going on accepts the terms."""
    form = ProfileForm()
    if not form.validate():
        return reject(profile, form)
    terms = documents.current("terms")
    answers = {
        name: form[name].value for name in ("last_name", "first_name", "middle_name", "birth_date", "email")
    }
    g.registration.fill_profile(answers, (terms.version, terms.text), client_address(), user_agent())
    return advance("register.password")


@bp.get("/password")
def password(form: NewPasswordForm | None = None) -> Response:
    """«Придумайте пароль», with the rules it has to meet."""
    form = form or form_for_get(NewPasswordForm)
    return page(
        "register/password.html",
        form=form,
        phone=g.registration.phone,
        rules=rule_list(form.password.data or "", personal(g.registration)),
    )


@bp.post("/password")
def submit_password() -> Response:
    """If the password meets the rules, create the cabinet and sign its owner in."""
    form, registration = NewPasswordForm(), g.registration
    if registration.step == "done":
        user = registration.user
        if user is None or not hasher().verify(form.password.data or "", user.password_hash):
            return advance("entry.phone")
        return sign_in(user)
    if not form.validate() or not form.meets_rules(personal(registration)):
        return reject(password, form)
    hashed = hasher().hash(form.password.data)
    session.rotate()  # here, so that it is one token however often the rest is tried

    def make() -> None:
        user = registration.complete(hashed, client_address())
        begin_session(user, made_now=registration.completed_at is not None)

    try:
        unit(make, keyed=True, changed=(registration,))
    except invitation.OverError:
        registration.keeps_invitation()
        flash(str(INVITATION_OVER), "info")
        return advance("register.account")
    except PhoneTakenError:
        flash(_("По этому номеру уже есть кабинет. Войдите в него."), "info")
        return advance("entry.phone")
    flash(_("Кабинет создан. Здесь ваши начисления и заявки."))
    return advance("home.home")


@bp.post("/password/rules")
def check_password() -> Response:
    """The list of rules as the password typed so far meets them: a fragment, nothing is stored."""
    form = NewPasswordForm()
    rules = rule_list(form.password.data or "", personal(g.registration))
    return page("_rules.html", rules=rules)
