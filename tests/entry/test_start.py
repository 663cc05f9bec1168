"""What the embedding page begins with: signing in, or a connection request."""

import pytest
from flask import Flask

from tests.cast import PASSWORD, TYPED, resident
from tests.visitor import Visitor, last_code

FRAME = {"HTTP_SEC_FETCH_DEST": "iframe", "HTTP_SEC_FETCH_SITE": "cross-site"}
PHONE = "+79161234567"


@pytest.fixture(params=[True, False], ids=["htmx", "plain"])
def embedded(request: pytest.FixtureRequest, app: Flask) -> Visitor:
    """A visitor whose page embeds the cabinet."""
    return Visitor(app, htmx=request.param)


def test_a_page_for_signing_in_asks_for_nothing_else(embedded: Visitor) -> None:
    resident()
    embedded.get("/?start=login")
    assert "Вход в кабинет" in embedded.text and not embedded.page.select("[name=consent]")
    embedded.fill_and_submit(phone=TYPED)
    embedded.fill_and_submit(password=PASSWORD)
    assert embedded.path == "/home"


def test_who_has_no_cabinet_may_get_one_there_too(embedded: Visitor) -> None:
    embedded.get("/?start=login")
    embedded.fill_and_submit(phone=TYPED)
    assert embedded.error("consent")
    embedded.fill_and_submit(phone=TYPED, consent="y")
    assert embedded.path == "/code"


def test_an_empty_form_is_asked_for_the_phone_alone(embedded: Visitor) -> None:
    embedded.get("/?start=login")
    embedded.fill_and_submit(phone="")
    assert embedded.error("phone") and "Поставьте отметку" not in embedded.text


def test_a_newcomer_comes_to_the_request(embedded: Visitor) -> None:
    embedded.get("/?start=request")
    assert "Заявка на подключение" in embedded.text
    embedded.fill_and_submit(phone="12", consent="y")
    assert embedded.error("phone")
    embedded.get("/?start=request")
    embedded.fill_and_submit(phone=TYPED, consent="y")
    embedded.fill_and_submit(code=last_code(PHONE))
    assert embedded.path == "/requests/new"
    embedded.client.environ_base |= FRAME
    embedded.get("/?start=request")
    assert embedded.path == "/requests/new", "the embedding page was reloaded"
    embedded.get("/")
    assert embedded.path == "/register/account", "another page has a cabinet opened"


def test_a_resident_comes_to_the_request(embedded: Visitor) -> None:
    resident()
    embedded.get("/?start=request")
    embedded.fill_and_submit(phone=TYPED)
    embedded.fill_and_submit(password=PASSWORD)
    assert embedded.path == "/requests/new"
    embedded.get("/?start=request")
    assert embedded.path == "/requests/new"
    embedded.get("/")
    assert embedded.path == "/home"


def test_a_page_that_begins_with_nothing_forgets_what_another_began_with(embedded: Visitor) -> None:
    resident()
    embedded.get("/?start=request")
    embedded.fill_and_submit(phone=TYPED)
    embedded.post("/", {"phone": TYPED, "csrf_token": embedded.csrf_token})
    embedded.fill_and_submit(password=PASSWORD)
    assert embedded.path == "/home"
