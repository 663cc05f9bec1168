"""Addresses of views are looked for once, and each request has those that it would be given anew."""

from flask import Flask, url_for

from cabinet.application import Application


def test_a_kept_address_is_not_that_of_an_application_under_a_path(app: Flask) -> None:
    with app.test_request_context("/"):
        assert url_for("home.home") == url_for("home.home") == "/home"
    with app.test_request_context("/home", base_url="http://localhost/under"):
        assert url_for("home.home") == "/under/home"
    with app.test_request_context("/"):
        assert url_for("home.home") == "/home"


def test_what_is_given_makes_an_address_of_its_own(app: Flask) -> None:
    with app.test_request_context("/"):
        assert url_for("entry.phone") == "/"
        assert url_for("entry.phone", start="login") == "/?start=login"
        assert url_for("entry.phone", start=None) == "/"
        assert url_for("entry.phone", _anchor="step") == "/#step"
        assert url_for("entry.phone", _external=True) == "http://localhost/"


def test_methods_that_a_stranger_makes_up_are_not_kept(app: Flask) -> None:
    assert isinstance(app, Application)
    client = app.test_client()
    client.get("/nowhere")
    kept = len(app.addresses)
    for number in range(20):
        assert client.open("/nowhere", method=f"X{number}").status_code in (404, 405)
    assert len(app.addresses) == kept > 0
