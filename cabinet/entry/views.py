"""Phone and code, in the order of the journey."""

from flask import Blueprint, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from cabinet.entry.beginning import begins_with, begun, verified
from cabinet.entry.code_page import code_page
from cabinet.entry.forms import CodeForm, PhoneForm
from cabinet.entry.proof_of_work import asked_by, proved_work
from cabinet.models import OneTimeCode, Registration, User
from cabinet.models.attempt import TooManyError
from cabinet.models.code import Verdict
from cabinet.models.database import db
from cabinet.models.in_turn import in_turn
from cabinet.web import session_keys as keys
from cabinet.web.current import g, request
from cabinet.web.devices import known_device_of
from cabinet.web.flow import (
    advance,
    by_htmx,
    flashed,
    form_for_get,
    page,
    reject,
    replace_address,
    start_over,
)
from cabinet.web.happenings import record_of
from cabinet.web.journeys import open_journey, resume_journey
from cabinet.web.kept_pages import has_only_a_look, page_for_all
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session
from cabinet.web.translated import language
from cabinet.wording import documents

bp = Blueprint("entry", __name__)
CONSENT_MISSING = _l("Поставьте отметку: без согласия мы не можем создать кабинет.")


@bp.get("/")
def phone(form: PhoneForm | None = None) -> Response:
    """The first screen, the same for everybody."""
    start = begins_with()
    if form is None and keys.USER_ID in session and current_user.is_authenticated:
        return advance("requests.new" if start == "request" else "home.home")
    if form is None and _page_reloaded():
        return advance("requests.new") if start == "request" and verified() else resume()
    if form is None and request.method == "GET" and request.endpoint == "entry.phone" and has_only_a_look():
        return page_for_all(
            "entry/phone.html", lambda: {"form": PhoneForm(formdata=None), "start": start}, start
        )
    registration = session.registration_of(keys.REGISTRATION)
    form = form or form_for_get(
        PhoneForm, phone=session.get(keys.PHONE_TYPED, ""), consent=registration is not None
    )
    return page("entry/phone.html", form=form, notice=flashed(), begun=begun(registration), start=start)


def _page_reloaded() -> bool:
    """Whether the embedding page was reloaded, which shows our first screen to a visitor on the way.

    Links and forms of our own lead to it to change the phone; those are of the same origin.
    """
    headers = request.headers
    if headers.get("Sec-Fetch-Dest") != "iframe" or headers.get("Sec-Fetch-Site") == "same-origin":
        return False
    current = current_code()
    return verified() or bool(current and current.live)


@bp.get("/resume")
def resume() -> Response:
    """The current step, for a frame that was reloaded and has a session without a cookie."""
    if current_user.is_authenticated:
        return replace_address(advance("home.home"))
    response = resume_journey("registration") or resume_journey("recovery")
    return replace_address(response or advance("entry.code" if current_code() else "entry.phone"))


@bp.post("/")
def submit_phone() -> Response:
    """A known phone continues to the password, a new one with consent to the code."""
    form = PhoneForm()
    session.pop(keys.START, None)
    if begins_with() == "request":
        session[keys.START] = "request"
    if not form.validate():
        if not (form.phone.data or "").strip() and not form.consent.data and begins_with() != "login":
            form.consent.errors = [CONSENT_MISSING]
        return reject(phone, form)
    number = form.phone.value
    session[keys.PHONE_TYPED] = form.phone.data.strip()[:40]
    known = User.by_phone(number)
    if known and not _replacing(known):
        session[keys.PHONE] = number
        return advance("login.password")
    if not form.consent.data:
        form.consent.errors = [CONSENT_MISSING]
        return reject(phone, form)
    if resumed := resume_journey("registration", number):
        return resumed
    try:
        _begin(number)
    except TooManyError as error:
        form.refuse(error, form.phone, _("Новый код можно запросить %(when)s."))
        form.proof = asked_by(error, number)
        return reject(phone, form)
    return advance("entry.code")


def _replacing(known: User) -> bool:
    """Whether a new cabinet is being made here in place of this one, by the number's next owner."""
    registration = session.registration_of(keys.VERIFIED)
    return bool(registration and registration.replaces == known.id and registration.step != "done")


def _begin(number: str) -> None:
    """Start a registration, or resume this browser's, and have a code on its way."""
    with db.atomic():
        session.lock()  # a double click finds what the first click began
        registration = Registration.find(session.get(keys.REGISTRATION))
        if registration is None or registration.phone != number or registration.step == "done":
            document = documents.current("consent")
            registration = Registration.begin(
                number, language(), (document.version, document.text), client_address(), user_agent()
            )
        current = OneTimeCode.find(session.get(keys.CODE))
        if not (current and current.live and current.phone == number and current.purpose == "registration"):
            current = OneTimeCode.send(
                "registration",
                number,
                client_address(),
                registration.locale,
                current,
                proved=proved_work(number),
            )
        g.code = current
        session[keys.REGISTRATION], session[keys.CODE] = registration.id, current.id
        session.pop(keys.VERIFIED, None)
        session.keep()


def current_code() -> OneTimeCode | None:
    """The code that this browser asked for last; as it was read with the session, or looked up once."""
    wanted = session.get(keys.CODE)
    kept: OneTimeCode | None = g.get("code") or (session.visit and session.visit.code)
    if kept is None or kept.id != wanted:
        kept = OneTimeCode.find(wanted)
    g.code = kept
    return kept


@bp.get("/code")
def code(form: CodeForm | None = None) -> Response:
    """«Подтвердите номер»: asks for the code and shows the status of its SMS."""
    current = current_code()
    if current is None:
        return start_over()
    if current.used_at and form is None and (passed := _past_the_code(current)):
        return passed
    return code_page(current, form)


def _past_the_code(current: OneTimeCode) -> Response | None:
    """A code is spent, and its page seen again: where it led. Never further, or Back would lead forward."""
    if current.purpose in ("phone", "confirm", "merge"):
        return None
    passed = resume_journey(current.purpose)
    if passed is None or by_htmx() or current.purpose != "registration":
        return passed
    return redirect(url_for("register.account"), 303)


@bp.post("/code")
def submit_code() -> Response:
    """Check the code; the right one leads to the next step of its journey."""
    current = current_code()
    if current is None:
        return start_over()
    if current.used_at and (resumed := resume_journey("registration", current.phone)):
        return resumed
    form = CodeForm()
    if not form.validate():
        return reject(code, form)
    own = known_device_of(current.phone)
    opened: list[str] = []

    def open_it() -> None:
        session.rotate()  # rights are gained: a token seen before becomes worthless
        opened.append(open_journey(current))
        session.keep()

    with in_turn(current.id):  # presses at once: the first is right, and the others find that out
        verdict = current.verify(form.code.value, own, then=open_it)
    if opened:
        return advance(opened[0])
    if verdict is Verdict.WRONG:
        with db.atomic():
            record_of("wrong-code", current.phone, purpose=current.purpose)
    tries_left = current.tries_left(own)
    form.spent = not tries_left
    sentence = _what_was_wrong(verdict, tries_left)
    if verdict is Verdict.TOO_MANY:
        form.refuse(TooManyError(max(1, current.wait), "code-tries"), form.code, sentence)
    else:
        form.code.errors = [sentence]
    return reject(code, form)


def _what_was_wrong(verdict: Verdict, tries_left: int) -> str:
    sentence: str
    if verdict is Verdict.WRONG and tries_left:
        sentence = ngettext(
            "Код не соответствует полученному в СМС. Осталась %(num)d попытка.",
            "Код не соответствует полученному в СМС. Осталось %(num)d попыток.",
            tries_left,
        )
    elif verdict is Verdict.EXPIRED or verdict is Verdict.USED:
        sentence = _("Этот код больше не действует. Запросите новый.")
    else:
        sentence = _("Код не соответствует полученному в СМС, попытки закончились. Запросите новый код.")
    return sentence
