"""Another way to the code: by SMS again, by a call, a letter, MAX; and what became of the one before."""

from flask import Blueprint, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.entry import in_max
from cabinet.entry.code_page import news_of
from cabinet.entry.fate import fate_of
from cabinet.entry.forms import CodeForm
from cabinet.entry.proof_of_work import asked_by, proved_work
from cabinet.entry.views import code, current_code
from cabinet.models import MaxContact, OneTimeCode, User
from cabinet.models.attempt import TooManyError
from cabinet.models.base import settings
from cabinet.models.code_letter import send_letter
from cabinet.models.database import db
from cabinet.web import session_keys as keys
from cabinet.web.devices import known_device, letter_receiver, max_receiver
from cabinet.web.flow import advance, flash, reject, start_over
from cabinet.web.security import client_address
from cabinet.web.sessions import session

bp = Blueprint("another_code", __name__)


@bp.post("/code/resend")
def resend() -> Response:
    """Send another code, or have the same one spoken by telephone."""
    current = current_code()
    if current is None:
        return start_over()
    asked = request.form.get("way", "sms")
    if asked == "contact" and in_max.may_begin(current):
        return _prove_in_max(current)
    way = asked if asked in ("call", "email", "max") and asked in settings().code_channels else "sms"
    try:
        fresh = {"call": _call, "email": _write, "max": _chat}.get(way, _send)(current)
    except TooManyError as error:
        form = CodeForm(formdata=None)
        form.refuse(error, form.code, _too_many(way))
        form.wait = error.wait if way == "sms" else 0
        form.proof = asked_by(error, current.phone)
        return reject(code, form)
    session[keys.CODE] = fresh.id
    session[keys.RESENT] = session.get(keys.RESENT, 0) + 1
    return advance("entry.code")


def _prove_in_max(current: OneTimeCode) -> Response:
    """The page shows the link to the bot, which asks for the contact and brings the same digits."""
    try:
        session[keys.MAX_CONTACT] = MaxContact.begin(current, str(get_locale())).id
    except TooManyError as error:
        form = CodeForm(formdata=None)
        form.refuse(error, form.code, _too_many("max"))
        form.wait = 0
        return reject(code, form)
    return advance("entry.code")


def _send(current: OneTimeCode) -> OneTimeCode:
    """The same digits where a gateway was silent; else new ones, and the previous code becomes invalid."""
    if current.live and fate_of(current)[1] == "max":  # the first way; the digits are good by any
        current.repeat("sms", client_address(), str(get_locale()), *_trust(current))
        flash(_("Отправили тот же код в СМС."), "info")
        return current
    if current.hurry():
        flash(_("Отправляем код ещё раз. Если придут два СМС, код в них один и тот же."), "info")
        return current
    fresh = _new(current, "sms")
    if current.message is None:
        return fresh  # nothing was sent before
    flash(_("Отправили новый код. Прежний больше не действует."), "info")
    return fresh


def _call(current: OneTimeCode) -> OneTimeCode:
    """The same digits while they are good, so that an SMS that comes late is good, too."""
    if not current.live:
        flash(_("Звоним вам. Робот дважды назовёт новый код."), "info")
        return _new(current, "call")
    current.repeat("call", client_address(), str(get_locale()), *_trust(current))
    flash(_("Звоним вам. Робот дважды назовёт код. Если придёт и СМС, код в нём тот же."), "info")
    return current


def _write(current: OneTimeCode) -> OneTimeCode:
    """The same digits by letter, to whom that may be."""
    user = letter_receiver(current.purpose, current.phone)
    if user is None:
        return _send(current)
    fresh = send_letter(current, user, client_address(), str(get_locale()))
    if current.message and fresh is current:
        flash(_("Отправили код письмом. Если придёт и СМС, код в нём тот же."), "info")
    return fresh


def _chat(current: OneTimeCode) -> OneTimeCode:
    """The same digits by MAX while they are good, to whom that may be."""
    if max_receiver(current.purpose, current.phone) is None:
        return _send(current)
    if not current.live:
        return _new(current, "max")
    if current.message:
        flash(_("Отправили код в MAX. Если придёт и СМС, код в нём тот же."), "info")
    current.repeat("max", client_address(), str(get_locale()), *_trust(current))
    return current


def _new(current: OneTimeCode, way: str) -> OneTimeCode:
    known, device = _trust(current)
    with db.atomic():  # a proof of work stays good if no code is sent
        proved = way == "sms" and proved_work(current.phone)
        ip, locale = client_address(), str(get_locale())
        return OneTimeCode.send(
            current.purpose, current.phone, ip, locale, current, known, device, way, proved
        )


def _trust(current: OneTimeCode) -> tuple[bool, bool]:
    """Whether the phone is a resident's, and the browser theirs."""
    user = User.by_phone(current.phone)
    return user is not None, known_device(user) is not None


def _too_many(way: str) -> str:
    sentence: str
    if way == "email":
        sentence = _("Письмо с кодом можно запросить %(when)s.")
    elif way == "max":
        sentence = _("Код в MAX можно запросить %(when)s.")
    elif way == "call":
        sentence = _("Позвонить можно будет %(when)s.")
    else:
        sentence = _("Новый код можно запросить %(when)s.")
    return sentence


@bp.get("/code/delivery")
def delivery() -> Response:
    """What became of the SMS or the call: a fragment that the code page polls every few seconds."""
    return news_of(current_code())
