"""Visitors placed at a step of a journey, where the way to it is not what is tested.

Each function does what the pages on the way do, without the pages, and opens the step; `test_placing.py`
holds that whoever is placed and whoever walked there (`journeys.py`) leave the same behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from flask import Flask
from werkzeug.http import dump_cookie, parse_cookie

from cabinet import fields
from cabinet.models import Audit, OneTimeCode, Registration, Staff, User
from cabinet.models.base import unix_time
from cabinet.models.database import db
from cabinet.models.staff import TOTP_SECONDS
from cabinet.staff.devices import remember_device
from cabinet.staff.guard import admit
from cabinet.web import session_keys as keys
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session
from cabinet.web.sign_in import sign_in
from cabinet.wording import documents
from tests.cast import PERSON, PHONE
from tests.visitor import ORIGIN, Visitor

COOKIES = ("cabinet", "device", "desk")


def at_account(visitor: Visitor, e164: str = PHONE) -> None:
    """The phone is typed and verified."""
    with _request(visitor):
        _prove(e164)
    _open(visitor, "/register/account")


def at_address(visitor: Visitor, receipt: dict[str, str], e164: str = PHONE) -> None:
    """… and the account is found."""
    with _request(visitor):
        _find_account(_prove(e164), receipt)
    _open(visitor, "/register/address")


def at_profile(visitor: Visitor, receipt: dict[str, str], e164: str = PHONE) -> None:
    """… and the address is right."""
    with _request(visitor):
        _find_account(_prove(e164), receipt).confirm_address()
    _open(visitor, "/register/profile")


def at_registration_password(visitor: Visitor, receipt: dict[str, str], e164: str = PHONE) -> None:
    """… and the resident has introduced herself."""
    with _request(visitor):
        registration = _find_account(_prove(e164), receipt)
        registration.confirm_address()
        terms = documents.current("terms")
        person = {**PERSON, "birth_date": fields.birth_date(PERSON["birth_date"], date.today())}
        registration.fill_profile(person, (terms.version, terms.text), client_address(), user_agent())
    _open(visitor, "/register/password")


def signed_in(visitor: Visitor, phone: str = PHONE) -> None:
    """A resident is in the cabinet."""
    with _request(visitor):
        user = User.by_phone(phone)
        assert user is not None
        sign_in(user)
    _open(visitor, "/home")


def at_desk(visitor: Visitor, staff: Staff) -> Visitor:
    """A member of staff has signed in, by the code of now, or by the next where that is used up.

    The page of the day is fetched when it is first looked at: most tests open another at once.
    """
    with _request(visitor):
        assert staff.use_code(staff.codes_at(unix_time() + (TOTP_SECONDS if staff.totp_step else 0))[0])
        with db.atomic():
            Audit.record("staff-signed-in", staff.actor, ip=client_address())
        admit(staff)
        remember_device(staff)
    visitor.stand_at("/staff/day")
    return visitor


def _prove(e164: str) -> Registration:
    consent = documents.current("consent")
    here = client_address()
    with db.atomic():
        registration = Registration.begin(e164, "ru", (consent.version, consent.text), here, user_agent())
        code = OneTimeCode.send("registration", e164, here, "ru")
    code.verify(code.digits)
    registration.verify_phone()
    session[keys.PHONE_TYPED], session[keys.REGISTRATION] = e164, registration.id
    session[keys.CODE], session[keys.VERIFIED] = code.id, registration.id
    session.rotate()
    return registration


def _find_account(registration: Registration, receipt: dict[str, str]) -> Registration:
    period, number = fields.period(receipt["period"]), fields.account_number(receipt["account"])
    assert registration.match_account(period, number, fields.money(receipt["amount"]), client_address())
    return registration


@contextmanager
def _request(visitor: Visitor) -> Iterator[None]:
    """A request of this visitor's browser: its session is written when it ends, its cookies are kept."""
    application: Flask = visitor.client.application
    cookies = [visitor.client.get_cookie(name) for name in COOKIES]
    sent = "; ".join(dump_cookie(found.key, found.value, path=None) for found in cookies if found)
    browser = {**visitor.client.environ_base, "REMOTE_ADDR": visitor.ip}
    with application.test_request_context(
        "/", base_url=ORIGIN, headers={"Cookie": sent}, environ_base=browser
    ):
        yield
        answer = application.process_response(application.make_response(""))
    for header in answer.headers.getlist("Set-Cookie"):
        for name, value in parse_cookie(header.partition(";")[0]).items():
            visitor.client.set_cookie(name, value)


def _open(visitor: Visitor, path: str) -> None:
    visitor.get(path)
    assert visitor.path == path, visitor.text
