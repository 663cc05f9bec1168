"""Members of staff, and their way in."""

from collections.abc import Callable

import pytest
from flask import Flask

from cabinet.models import Staff
from cabinet.models.base import unix_time
from cabinet.models.staff import TOTP_SECONDS
from tests.cast import bill, hashed
from tests.placing import at_desk
from tests.visitor import Visitor

EMAIL, PASSWORD = "clerk@example.org", "Длинный7пароль"


def member(email: str = EMAIL, role: str = "clerk") -> Staff:
    """Somebody of the company."""
    return Staff.add(email, role, hashed(PASSWORD))


def code_now(staff: Staff, steps: int = 0) -> str:
    """What the authenticator shows, `steps` later."""
    return staff.codes_at(unix_time() + steps * TOTP_SECONDS)[0]


def enter(visitor: Visitor, staff: Staff) -> Visitor:
    """Sign in, through the pages; `placing.at_desk` leaves the same behind."""
    visitor.get("/staff/sign-in")
    code = code_now(staff)
    if staff.totp_step:
        code = code_now(staff, 1)
    visitor.fill_and_submit(email=staff.email, password=PASSWORD, code=code)
    assert visitor.path != "/staff/sign-in", visitor.text
    return visitor


@pytest.fixture
def clerk(app: Flask) -> Staff:
    """A clerk."""
    return member()


@pytest.fixture
def admin(app: Flask) -> Staff:
    """An admin."""
    return member("admin@example.org", "admin")


@pytest.fixture
def desk(visitor: Visitor, clerk: Staff) -> Visitor:
    """A browser in which the clerk has signed in."""
    return at_desk(visitor, clerk)


@pytest.fixture
def admin_desk(app: Flask, admin: Staff) -> Visitor:
    """A browser in which the admin has signed in."""
    return at_desk(Visitor(app), admin)


@pytest.fixture
def another(app: Flask) -> Callable[[], Visitor]:
    """Further browsers."""
    return lambda: Visitor(app)


@pytest.fixture
def billed(app: Flask) -> None:
    """Accounts of billing."""
    bill()


@pytest.fixture
def caller(app: Flask, desk: Visitor) -> Visitor:
    """The resident's own browser, which sends forms as the clerk's does."""
    return Visitor(app, htmx=desk.htmx, ip="203.0.113.9")
