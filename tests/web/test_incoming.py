"""Short forms are read at once, and bring what Werkzeug would have made of them, without NULs."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from cabinet.web import incoming
from cabinet.web.incoming import PLAIN, SHORT, Incoming
from tests.properties import UNTIMED

TYPES = (PLAIN, f"{PLAIN}; charset=UTF-8", "text/plain", "application/json", "")


def environ(body: bytes, kind: str = PLAIN, **more: str) -> dict[str, Any]:
    """That of a POST."""
    made = EnvironBuilder(method="POST", input_stream=BytesIO(body)).get_environ()
    return {**made, "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)), **more}


@UNTIMED
@given(
    st.lists(
        st.sampled_from(
            [b"a", b"b=1", b"&", b"=", b"%D0%B0", b"%00", b"%zz", b"\xd0\xb0", b"\xff", b"+", b"\0"]
        )
    ),
    st.sampled_from(TYPES),
)
def test_a_form_brings_what_it_brings_to_werkzeug(pieces: list[bytes], kind: str) -> None:
    body = b"".join(pieces)
    theirs = Request(environ(body, kind))
    mine = Incoming(environ(body, kind))
    there = [
        (name.replace("\0", ""), value.replace("\0", "")) for name, value in theirs.form.items(multi=True)
    ]
    here = list(mine.form.items(multi=True))
    assert sorted(here) == sorted(there)
    assert here == there or any("\0" in name for name in theirs.form), "names that differ by NULs are one"
    assert not mine.files and mine.stream.read() == theirs.stream.read()


def test_nothing_of_a_form_that_was_cut_off_is_taken_for_the_whole() -> None:
    with pytest.raises(ClientDisconnected):
        Incoming(environ(b"phone=1", CONTENT_LENGTH="8")).form  # noqa: B018


@pytest.mark.parametrize("length", ["", "-1", "１", "9" * 30, str(SHORT + 1)])
def test_of_what_has_no_short_length_werkzeug_judges(length: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    monkeypatch.setattr(incoming, "_form_of", asked.append)
    assert Incoming(environ(b"phone=1", CONTENT_LENGTH=length))._short_and_plain() is None
    assert Incoming(environ(b"a=1", HTTP_TRANSFER_ENCODING="chunked"))._short_and_plain() is None
    assert not asked


def test_a_view_that_lets_less_in_is_obeyed(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"a": "1" * 100}):
        from flask import request

        request.max_content_length = 50
        with pytest.raises(RequestEntityTooLarge):
            request.form  # noqa: B018


@pytest.mark.parametrize("name", ["Origin", "user-agent", "Content-Type", "Content-Length", "Cookie"])
@pytest.mark.parametrize("more", [{}, {"HTTP_ORIGIN": "", "HTTP_USER_AGENT": "7", "HTTP_COOKIE": "a=1; b"}])
def test_headers_and_fields_are_those_that_werkzeug_finds(name: str, more: dict[str, str]) -> None:
    theirs, mine = (kind(environ(b"a=1&a=2&b=", **more)) for kind in (Request, Incoming))
    assert mine.headers.get(name) == theirs.headers.get(name)
    assert mine.headers.get(name, "none") == theirs.headers.get(name, "none")
    assert mine.headers.get(name, 0, type=int) == theirs.headers.get(name, 0, type=int)
    assert mine.headers.getlist(name) == theirs.headers.getlist(name)
    assert mine.cookies == theirs.cookies
    for field in ("a", "b", "c"):
        assert mine.form.get(field) == theirs.form.get(field)
        assert mine.form.get(field, 5, type=int) == theirs.form.get(field, 5, type=int)
