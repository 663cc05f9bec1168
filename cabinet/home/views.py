"""The cabinet: addresses, linking «+», e-mail."""

from functools import partial

from flask import Blueprint, abort, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cabinet.forms.receipt import ChargeForm
from cabinet.home.forms import ButtonForm
from cabinet.models import Account, EmailLink, linking
from cabinet.models.account import billed_number
from cabinet.models.attempt import TooManyError
from cabinet.models.look_up import look_up
from cabinet.web.current import request
from cabinet.web.flow import advance, flash, flashed, form_for_get, page, reject, show_again
from cabinet.web.lookup import find_charge, tries
from cabinet.web.overview import overview
from cabinet.web.photo import fill_from_photo, photo_row
from cabinet.web.security import client_address
from cabinet.web.sessions import session
from cabinet.web.sign_in import resident
from cabinet.wording.waits import wait_words

bp = Blueprint("home", __name__)

WITHOUT_SIGN_IN = ("home.email_link", "home.submit_email_link")


@bp.before_request
def guard() -> Response | None:
    """Require a signed-in resident, except for the link in an e-mail."""
    if current_user.is_authenticated or request.endpoint in WITHOUT_SIGN_IN:
        return None
    if session.presented:
        flash(_("Войдите ещё раз: время сеанса вышло."))
    return advance("entry.phone")


@bp.get("/home")
def home() -> Response:
    """Name, phone, the list of addresses with their charges of the last months."""
    return page("home/home.html", **overview(resident()), acts=True, notice=flashed())


@bp.get("/home/accounts/new")
def new_account(form: ChargeForm | None = None) -> Response:
    """«+»: one more account by period, number and amount."""
    form = form or form_for_get(ChargeForm)
    more = tries(form, current_user.phone) | photo_row(url_for("home.read_photo"))
    return page("home/new_account.html", form=form, **more)


@bp.post("/home/accounts/new")
def submit_new_account() -> Response:
    """Look the account up and link it."""
    form = ChargeForm()
    if not form.validate():
        return reject(new_account, form)
    if linking.holds(resident(), billed_number(form.account.value)):
        form.account.errors = [_("Этот лицевой счёт уже есть в вашем списке.")]
        return reject(new_account, form)

    def link(account: Account) -> None:
        if linking.link(resident(), account, client_address()):
            flash(_("Адрес добавлен: %(address)s.", address=account.address))

    if find_charge(form, partial(look_up, current_user.phone, then=link)):
        return advance("home.home")
    return reject(new_account, form)


@bp.post("/home/accounts/new/photo")
def read_photo() -> Response:
    """Fill the three fields from the code on a photo of the receipt; the resident checks and sends them."""
    form = ChargeForm()
    if fill_from_photo(form, current_user.phone):
        return show_again(new_account, form)
    return reject(new_account, form)


def _own_account(number: str) -> Account:
    if not linking.holds(resident(), number):
        abort(404)
    return Account.get_by_id(number)


@bp.get("/home/accounts/<number>/unlink")
def unlink(number: str) -> Response:
    """«Убрать адрес из списка?»"""
    return page("home/unlink.html", account=_own_account(number), form=ButtonForm(formdata=None))


@bp.post("/home/accounts/<number>/unlink")
def submit_unlink(number: str) -> Response:
    """Remove the address from the list."""
    account = _own_account(number)
    if linking.unlink(resident(), account, client_address()):
        flash(_("Адрес убран: %(address)s.", address=account.address))
    return advance("home.home")


@bp.post("/email/resend")
def resend_email_link() -> Response:
    """Send the confirmation e-mail again."""
    if not current_user.needs_email:
        return advance("home.home")
    try:
        EmailLink.send(current_user)
    except TooManyError as error:
        flash(_("Письмо отправляли слишком часто. Попробуйте %(when)s.", when=wait_words(error.wait)), "warn")
    else:
        flash(_("Отправили письмо на %(email)s.", email=current_user.email))
    return advance("home.home")


@bp.get("/email/<token>")
def email_link(token: str) -> Response:
    """The page behind the e-mail's link: a button, because mail programs open links by themselves."""
    link = EmailLink.find(token)
    return _email_link_page(token, link, done=False)


@bp.post("/email/<token>")
def submit_email_link(token: str) -> Response:
    """The address is confirmed."""
    link = EmailLink.find(token)
    done = bool(link and link.confirm())
    return _email_link_page(token, link, done)


def _email_link_page(token: str, link: EmailLink | None, done: bool) -> Response:
    used = link is None and EmailLink.used(token)
    status = 200 if link or done else 404
    return page("home/email_link.html", link=link, token=token, done=done, used=used, status=status)
