"""After a long time, in a browser that is not known, one of the receipts is proved again.

Operators give a number to another person some months after it fell silent. Its next owner gets the codes, so
a code proves the number and not the person: nothing of the cabinet is shown, and nobody is signed in, before
a receipt of one of its accounts. Whoever proves another account gets a cabinet of their own in its place.
"""

from datetime import date
from functools import partial

from flask import Blueprint, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField

from cabinet.forms.base import StepForm
from cabinet.forms.receipt import ChargeForm
from cabinet.models import Account, OneTimeCode, Registration, User, linking
from cabinet.models.attempt import TooManyError
from cabinet.models.base import settings, unix_time
from cabinet.models.database import db, transaction
from cabinet.models.look_up import look_up
from cabinet.models.phone_proof import proved_by_sim
from cabinet.web import session_keys as keys
from cabinet.web.devices import may_be_a_strangers, may_be_another
from cabinet.web.flow import advance, form_for_get, page, reject, show_again, start_over
from cabinet.web.happenings import record
from cabinet.web.journeys import resume_journey
from cabinet.web.lookup import find_charge, tries
from cabinet.web.photo import fill_from_photo, photo_row
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session
from cabinet.web.sign_in import begin_session, first_page
from cabinet.wording import documents

bp = Blueprint("returning", __name__, url_prefix="/login")


class NewOwnerForm(StepForm):
    """A new cabinet is made only with a consent of its own."""

    consent = BooleanField(_l("Я даю согласие на обработку персональных данных"), false_values=("", "n", "0"))


def must_prove(user: User, code: OneTimeCode | None = None) -> bool:
    """Whether a receipt is asked for first, of whoever knows the password or came by this code."""
    if code and proved_by(code):
        return False
    return may_be_another(user) or (code is not None and may_be_a_strangers(user))


def proved_by(code: OneTimeCode) -> bool:
    """Whether whoever came by this code has proved a receipt so lately that the password may be set."""
    key, at = session.get(keys.RECEIPT_PROVED, ("", 0))
    return bool(key == code.id and unix_time() - at < settings().new_password_lifetime)


def ask_for_receipt(user: User, code: OneTimeCode | None = None) -> str:
    """Begin to ask; the endpoint that does. `code` has proved the number, if anything did."""
    kept = session.get(keys.RETURNING) or {}
    by = code.id if code else None
    if (kept.get("user"), kept.get("stamp"), kept.get("code")) != (user.id, user.stamp, by):
        at = int(unix_time())
        session[keys.RETURNING] = {"user": user.id, "stamp": user.stamp, "code": by, "at": at}
        session.pop(keys.OTHER_ACCOUNT, None)
        with transaction():
            record("receipt-asked", user)
    return "returning.receipt"


def _returning() -> User | None:
    """Whose receipt is to be proved here; None where nothing showed lately why it is asked for."""
    kept = session.get(keys.RETURNING)
    if not kept or unix_time() - kept["at"] >= settings().registration_lifetime:
        return None
    user = User.find(kept["user"])
    return user if user and user.stamp == kept["stamp"] else None


def _not_returning() -> Response:
    return advance("login.password") if session.get(keys.PHONE) else start_over()


@bp.get("/receipt")
def receipt(form: ChargeForm | None = None) -> Response:
    """«Давно вас не было»: period, account and amount of a receipt; nothing of whose cabinet it is."""
    user = _returning()
    if user is None:
        return _not_returning()
    form = form or form_for_get(ChargeForm)
    by_max = session[keys.RETURNING]["code"] is not None and may_be_a_strangers(user)
    more = tries(form, user.phone) | photo_row(url_for("returning.read_photo"))
    return page("login/receipt.html", form=form, by_max=by_max, **more)


@bp.post("/receipt")
def submit_receipt() -> Response:
    """A receipt of the cabinet leads into it, one of another account to a new cabinet."""
    user = _returning()
    if user is None:
        return _not_returning()
    form, led_to = ChargeForm(), list[str]()

    def settle(account: Account) -> None:
        own = linking.holds(user, account.number)
        led_to.append(_own(user) if own else _other(form, account))

    if not form.validate() or not find_charge(form, partial(look_up, user.phone, then=settle)):
        return reject(receipt, form)
    return advance(led_to[0])


def _own(user: User) -> str:
    """The receipt is of this cabinet: on with what it was asked before."""
    code = session[keys.RETURNING]["code"]
    record("receipt-proved", user)
    if code is None:
        begin_session(user)
        return first_page()
    proved_by_sim(user)
    session.pop(keys.RETURNING)
    session[keys.RECEIPT_PROVED] = [code, int(unix_time())]
    session.rotate()
    return "recovery.new_password"


def _other(form: ChargeForm, account: Account) -> str:
    session[keys.OTHER_ACCOUNT] = [account.number, form.period.value.isoformat(), form.amount.value]
    return "returning.new_owner"


@bp.post("/receipt/photo")
def read_photo() -> Response:
    """Fill the three fields from the code on a photo of the receipt; the resident checks and sends them."""
    user = _returning()
    if user is None:
        return _not_returning()
    form = ChargeForm()
    return show_again(receipt, form) if fill_from_photo(form, user.phone) else reject(receipt, form)


@bp.get("/new-owner")
def new_owner(form: NewOwnerForm | None = None) -> Response:
    """«Создать новый кабинет?»: the receipt was right, but its account is not of this cabinet."""
    if _returning() is None or keys.OTHER_ACCOUNT not in session:
        return _not_returning()
    return page("login/new_owner.html", form=form or form_for_get(NewOwnerForm))


@bp.post("/new-owner")
def submit_new_owner() -> Response:
    """With consent, a registration goes on at the address; the former cabinet is closed when it ends."""
    user = _returning()
    if user is None or keys.OTHER_ACCOUNT not in session:
        return _not_returning()
    form = NewOwnerForm()
    if not form.validate() or not form.consent.data:
        form.consent.errors = [_("Поставьте отметку: без согласия мы не можем создать кабинет.")]
        return reject(new_owner, form)
    try:
        _begin_anew(user)
    except TooManyError as error:
        form.refuse(error, None, _("Новый код можно запросить %(when)s."))
        return reject(new_owner, form)
    return resume_journey("registration") or advance("entry.code")


def _begin_anew(user: User) -> None:
    """Begin the registration; who came by the password is sent a code first."""
    with db.atomic():
        session.lock()  # a double click finds what the first click began
        begun = Registration.find(session.get(keys.REGISTRATION))
        if begun and begun.replaces == user.id and begun.step != "done":
            return
        number, period, amount = session[keys.OTHER_ACCOUNT]
        document = documents.current("consent")
        registration = Registration.begin_anew(
            user,
            (number, date.fromisoformat(period), amount),
            str(get_locale()),
            (document.version, document.text),
            client_address(),
            user_agent(),
        )
        session[keys.REGISTRATION] = registration.id
        if by := session[keys.RETURNING]["code"]:
            registration.verify_phone(by)
            session[keys.VERIFIED] = registration.id
            session.rotate()
        else:
            session.pop(keys.VERIFIED, None)
            session[keys.CODE] = OneTimeCode.send(
                "registration", user.phone, client_address(), registration.locale, known=True
            ).id
        session.keep()
