"""«Назад» of each step, and the browser's own Back: both lead back, never forward."""

from flask import Flask

from tests.journeys import to_registration_password
from tests.markup import attribute
from tests.visitor import Visitor


def test_each_step_leads_back_to_the_one_before(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_registration_password(visitor, receipt)
    for step in ("/register/profile", "/register/address", "/register/account", "/"):
        visitor.get(attribute(visitor.one(".back a"), "href"))
        assert visitor.path == step and visitor.status == 200


def test_back_at_a_spent_code_does_not_lead_forward(app: Flask, receipt: dict[str, str]) -> None:
    visitor = Visitor(app)
    to_registration_password(visitor, receipt)
    visitor.get("/code")
    assert visitor.path == "/register/account"
