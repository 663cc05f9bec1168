"""The quick browser of the simulator reads forms as a parser does."""

import pytest
from flask import Flask

from tests.journeys import to_account, to_home
from tests.markup import attribute
from tests.simulation.browser import forms_of
from tests.visitor import Visitor, _prefilled


def same_forms(visitor: Visitor) -> None:
    forms = visitor.page.find_all("form")
    assert forms and len(forms) == len(forms_of(visitor._sheet.html))
    for form, read in zip(forms, forms_of(visitor._sheet.html), strict=True):
        assert read.action == attribute(form, "action")
        assert read.fields == _prefilled(form)
        assert read.names == {field["name"] for field in form.find_all(True, attrs={"name": True})}


@pytest.mark.parametrize("path", ["/", "/code", "/register/account"])
def test_forms_of_visitors(guest: Visitor, path: str) -> None:
    to_account(guest)
    guest.get(path)
    same_forms(guest)


def test_forms_of_the_request(guest: Visitor, app: Flask) -> None:
    to_account(guest)
    guest.get("/requests/new")
    same_forms(guest)


@pytest.mark.parametrize("path", ["/home", "/home/accounts/new"])
def test_forms_of_residents(guest: Visitor, receipt: dict[str, str], path: str) -> None:
    to_home(guest, receipt)
    guest.get(path)
    same_forms(guest)
