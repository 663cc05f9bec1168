"""The token of forms is ours to make, and Flask-WTF's to check where it is not certainly of this session."""

import pytest
from flask import Flask, g
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms.validators import ValidationError

from cabinet.web import session_keys as keys
from cabinet.web.form_tokens import form_token
from cabinet.web.sessions import session


def is_own(app: Flask, token: str) -> bool:
    """Whether forms of this session are taken with the token before Flask-WTF is asked."""
    return bool(app.extensions["form_tokens"].made(token, session[keys.CSRF_TOKEN]))


def test_what_we_make_is_what_flask_wtf_takes(app: Flask) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        validate_csrf(form_token())
        assert form_token() == generate_csrf(), "one page has one"
        assert is_own(app, form_token()), "and is seen to be ours without it"


@pytest.mark.parametrize("part", (0, 1, 2))
def test_none_of_its_parts_may_be_changed(app: Flask, part: int) -> None:
    """What the session holds, when it was, and the signature."""
    with app.test_request_context("/"):
        parts = form_token().split(".")
        parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]
        assert not is_own(app, ".".join(parts))
        with pytest.raises(ValidationError):
            validate_csrf(".".join(parts))


def test_that_of_another_session_is_refused(app: Flask) -> None:
    with app.test_request_context("/"):
        others = form_token()
    with app.test_request_context("/"):
        assert not is_own(app, others)
        with pytest.raises(ValidationError):
            validate_csrf(others)


def test_a_session_without_a_secret_is_given_one(app: Flask) -> None:
    with app.test_request_context("/"):
        del session[keys.CSRF_TOKEN]
        g.pop("csrf_token", None)
        validate_csrf(form_token())
