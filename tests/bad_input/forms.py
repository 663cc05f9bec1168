"""Every form with a good answer to each of its fields, and somebody who is at it whenever it is wanted."""

import itertools
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask

from cabinet.models import profile
from cabinet.models.base import now
from tests.cast import LESNAYA, PASSWORD, PERSON, resident
from tests.journeys import FORGOT, to_code
from tests.placing import at_account, at_address, at_profile, at_registration_password
from tests.visitor import Visitor, last_code, tab

MANY = 10**6
WIDE_LIMITS = pytest.mark.settings(
    code_resend_waits=(),
    **dict.fromkeys(
        (
            *("code_tries", "code_wrong_per_phone_day", "sms_per_phone_day", "sms_per_ip_hour"),
            *("sms_per_ip_day", "sms_global_hour", "sms_global_day"),
            *("login_failures", "login_ip_minute", "login_ip_hour"),
            *("lookup_per_user_hour", "lookup_per_user_day", "lookup_per_account_day", "lookup_per_ip_hour"),
        ),
        MANY,
    ),
)
numbers = itertools.count(79_160_000_000)

GOOD: dict[str, str] = {
    "phone": "8 916 123-45-67",
    "consent": "y",
    "code": "000000",
    "period": "2026-10",
    "account": "1234567890",
    "amount": "4 218,67",
    "answer": "no",
    **PERSON,
    "password": "Длинный7пароль",
    "current_password": "не тот",
    "device": "x",
}


def at_home(visitor: Visitor, _receipt: dict[str, str], e164: str) -> None:
    resident(e164, accounts=[LESNAYA])
    visitor.get("/")
    visitor.fill_and_submit(phone=e164)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home"


def _known(visitor: Visitor, _receipt: dict[str, str], e164: str) -> None:
    resident(e164)
    visitor.get("/")
    visitor.fill_and_submit(phone=e164)
    assert visitor.path == "/login/password"


def _recovered(visitor: Visitor, receipt: dict[str, str], e164: str) -> None:
    _known(visitor, receipt, e164)
    visitor.fill_and_submit(FORGOT)
    visitor.fill_and_submit(code=last_code(e164))
    assert visitor.path == "/login/new-password"


def _long_gone(visitor: Visitor, _receipt: dict[str, str], e164: str) -> None:
    resident(e164, created_at=now() - timedelta(days=400), seen_at=now() - timedelta(days=200))
    visitor.get("/")
    visitor.fill_and_submit(phone=e164)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/login/receipt"


def _next_owner(visitor: Visitor, receipt: dict[str, str], e164: str) -> None:
    _long_gone(visitor, receipt, e164)
    visitor.fill_and_submit(**receipt)
    assert visitor.path == "/login/new-owner"


def _moved_away(visitor: Visitor, receipt: dict[str, str], e164: str) -> None:
    profile.change_phone(resident(e164, accounts=[LESNAYA]), f"+{next(numbers)}", "192.0.2.1", "")
    at_address(visitor, receipt, e164)
    visitor.fill_and_submit(answer="yes")
    assert visitor.path == "/register/way-back"


Go = Callable[[Visitor, dict[str, str], str], object]
FORMS: list[tuple[str, Go, tuple[str, ...]]] = [
    ("/", lambda v, r, p: v.get("/"), ("phone", "consent")),
    ("/code", lambda v, r, p: to_code(v, p), ("code",)),
    ("/register/account", lambda v, r, p: at_account(v, p), ("period", "account", "amount")),
    ("/register/address", at_address, ("answer",)),
    ("/register/profile", at_profile, tuple(PERSON)),
    ("/register/password", at_registration_password, ("password",)),
    ("/register/way-back", _moved_away, ("answer",)),
    ("/login/password", _known, ("password",)),
    ("/login/new-password", _recovered, ("password",)),
    ("/login/receipt", _long_gone, ("period", "account", "amount")),
    ("/login/new-owner", _next_owner, ("consent",)),
    ("/home/accounts/new", at_home, ("period", "account", "amount")),
    ("/home/profile/name", at_home, ("last_name", "first_name", "middle_name")),
    ("/home/profile/email", at_home, ("email", "current_password")),
    ("/home/profile/phone", at_home, ("phone", "current_password")),
    ("/home/profile/merge", at_home, ("phone", "password")),
    ("/home/profile/password", at_home, ("password", "current_password")),
    ("/home/profile/devices", at_home, ("device",)),
    ("/home/profile/delete", at_home, ("current_password",)),
]


class AtForm:
    """Somebody at a form, there again whenever the form is wanted again."""

    def __init__(
        self, app: Flask, receipt: dict[str, str], form: tuple[str, Go, tuple[str, ...]], htmx: bool
    ):
        self.app, self.receipt, self.htmx = app, receipt, htmx
        self.address, self.go, self.fields = form
        self.visitor = self._fresh()

    def _fresh(self) -> Visitor:
        visitor = Visitor(self.app, htmx=self.htmx)
        self.go(visitor, self.receipt, f"+{next(numbers)}")
        return visitor

    def at_form(self) -> str:
        """Go to the form where it is not on the screen; its token."""
        token = self.visitor.page.find(True, attrs={"name": "csrf_token"})
        if self.visitor.path == self.address and token is not None:
            return str(token["value"])
        self.visitor.get(self.address)
        if self.visitor.path != self.address:
            self.visitor = self._fresh()
            self.visitor.get(self.address)
        if self.visitor.page.find(True, attrs={"name": "csrf_token"}) is not None:
            return self.visitor.csrf_token
        other = tab(self.visitor, self.app)  # a list with nothing in it has none
        other.get("/home")
        return other.csrf_token

    def send(self, fields: dict[str, Any], **kwargs: Any) -> Visitor:
        """Send these fields, as bytes where they are no text."""
        body = encoded({"csrf_token": self.at_form(), **fields})
        self.visitor.post(self.address, body, Content_Type="application/x-www-form-urlencoded", **kwargs)
        return self.visitor


def encoded(fields: Mapping[str, Any]) -> str:
    """The body of a form: a list is a repeated field, None a missing one."""
    return "&".join(
        f"{quote_from_bytes(name.encode())}={quote_from_bytes(v if isinstance(v, bytes) else v.encode())}"
        for name, value in fields.items()
        for v in (value if isinstance(value, list) else [value])
        if v is not None
    )
