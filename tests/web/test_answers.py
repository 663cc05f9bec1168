"""What the server is handed: a page is whole, and goes out at once with its head."""

from typing import Any

from flask import Flask
from werkzeug.test import create_environ


def handed_over(app: Flask, path: str, method: str = "GET") -> Any:
    """What the server would send of an answer's body."""
    wsgi: Any = app
    answer = wsgi(create_environ(path, method=method), lambda *_: None)
    getattr(answer, "close", lambda: None)()
    return answer


def test_a_page_is_handed_over_whole(app: Flask) -> None:
    """Anything but a list is asked for piece by piece, by another thread each time."""
    body = handed_over(app, "/")
    assert isinstance(body, list) and body[0].startswith(b"<!doctype html>")


def test_what_was_refused_and_what_leads_on_are_whole_too(app: Flask) -> None:
    assert isinstance(handed_over(app, "/nowhere"), list)
    assert isinstance(handed_over(app, "/home"), list)


def test_an_answer_to_head_has_no_body(app: Flask) -> None:
    assert list(handed_over(app, "/", "HEAD")) == []
