"""A sign-in leads on to the page that was asked for, and nowhere else."""

from urllib.parse import urlencode

import pytest

from cabinet.models import Staff
from tests.staff.conftest import PASSWORD, code_now
from tests.staff.test_requests import asked
from tests.visitor import ORIGIN, Visitor

LIST = "/staff/requests/in_work?sort=oldest&since=2026-10-02"


def sign_in(visitor: Visitor, staff: Staff) -> None:
    """With the form that is on the screen."""
    visitor.fill_and_submit(email=staff.email, password=PASSWORD, code=code_now(staff))
    if goes_to := visitor.response.headers.get("HX-Redirect"):
        visitor.get(goes_to)


@pytest.mark.parametrize("address", [LIST, "/staff/request/12345678", "/staff/residents"])
def test_it_leads_to_what_was_asked_for(visitor: Visitor, clerk: Staff, address: str) -> None:
    asked()
    visitor.get(address)
    assert visitor.path == "/staff/sign-in"
    visitor.fill_and_submit(email=clerk.email, password="Другой7пароль", code="000000")
    assert "не подходят" in visitor.text
    sign_in(visitor, clerk)
    assert visitor.url.removeprefix(ORIGIN) == address


def test_a_recovery_code_leads_there_too(visitor: Visitor, clerk: Staff) -> None:
    visitor.get(LIST)
    visitor.follow("Телефона нет под рукой")
    visitor.follow("Ввести код из приложения")
    sign_in(visitor, clerk)
    assert visitor.url.removeprefix(ORIGIN) == LIST


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/staff/requests",
        "//evil.example/staff/requests",
        "/home",
        "/staff/export/requests.csv",
        "/staff/sign-out",
        "/staff/sign-in",
        "javascript:alert(1)",
        "/staff/requests\r\nX: y",
        "/staff/requests/" + "x" * 600,
        "//[",
    ],
)
def test_it_leads_nowhere_else(visitor: Visitor, clerk: Staff, to: str) -> None:
    visitor.get("/staff/sign-in?" + urlencode({"to": to}))
    sign_in(visitor, clerk)
    assert visitor.path == "/staff/day"


def test_what_is_no_parameter_of_a_list_is_dropped(visitor: Visitor, clerk: Staff) -> None:
    to = "/staff/requests/new?sort=oldest&_external=1&_scheme=x&endpoint=y&state=z"
    visitor.get("/staff/sign-in?" + urlencode({"to": to}))
    sign_in(visitor, clerk)
    assert visitor.url.removeprefix(ORIGIN) == "/staff/requests/new?sort=oldest"
