"""What programs look for: where the password is changed, its rules, its owner, whom to tell of a weakness."""

import pytest
from flask import Flask

from config import Settings
from config_check import problems
from tests.cast import PHONE, resident
from tests.journeys import to_login_password, to_new_password, to_registration_password
from tests.placing import signed_in
from tests.visitor import Visitor


def test_password_managers_find_the_page_of_the_password(app: Flask, guest: Visitor) -> None:
    answer = app.test_client().get("/.well-known/change-password")
    assert (answer.status_code, answer.location) == (302, "/home/profile/password")
    assert "Set-Cookie" not in answer.headers
    resident()
    signed_in(guest)
    guest.get("/.well-known/change-password")
    assert guest.path == "/home/profile/password"


@pytest.mark.settings(security_contact="security@example.ru", public_url="https://lk.example.ru")
def test_whom_to_tell_of_a_weakness(app: Flask) -> None:
    answer = app.test_client().get("/.well-known/security.txt")
    assert answer.mimetype == "text/plain" and "Set-Cookie" not in answer.headers
    lines = dict(line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines())
    assert lines["Contact"] == "mailto:security@example.ru" and lines["Expires"].endswith("Z")
    assert lines["Canonical"] == "https://lk.example.ru/.well-known/security.txt"


def test_without_an_address_it_is_support(app: Flask) -> None:
    assert "Contact: tel:+78005553535" in app.test_client().get("/.well-known/security.txt").get_data(
        as_text=True
    )


@pytest.mark.settings(support_phone="")
def test_without_anybody_there_is_none(app: Flask) -> None:
    assert app.test_client().get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize("contact", ["x", "http://a.example", "a@b\nContact: c@d", "mailto:"])
def test_what_is_no_contact_prevents_a_start(contact: str) -> None:
    assert any("SECURITY_CONTACT" in one for one in problems(Settings(demo=True, security_contact=contact)))


@pytest.mark.settings(code_resend_waits=())
def test_every_form_with_a_password_names_whose_it_is(
    guest: Visitor, app: Flask, receipt: dict[str, str]
) -> None:
    def check(visitor: Visitor) -> None:
        form = visitor.one("form:has(input[type=password])")
        [owner] = form.select("input[autocomplete=username]")
        assert str(owner.get("value", "")).replace(" ", "").replace("-", "") in (
            PHONE,
            PHONE.replace("+7", "8"),
        )

    to_registration_password(guest, receipt)
    check(guest)
    resident()
    other = Visitor(app)
    to_login_password(other)
    check(other)
    recovering = Visitor(app, ip="192.0.2.9")
    to_new_password(recovering)
    check(recovering)
    signed_in(other)
    for page in ("email", "phone", "password", "delete"):
        other.get(f"/home/profile/{page}")
        check(other)


@pytest.mark.settings(password_mixed_case=True, password_min_length=10)
def test_password_managers_are_told_the_rules(guest: Visitor) -> None:
    resident()
    signed_in(guest)
    guest.get("/home/profile/password")
    rules = guest.one("input[autocomplete=new-password]")["passwordrules"]
    assert rules == "minlength: 10; maxlength: 128; required: lower; required: upper; required: digit;"
    assert guest.one("input[autocomplete=current-password]").get("passwordrules") is None
