"""Templates compiled for a language say what they would say if each of their words were looked up."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from cabinet import create_app
from cabinet.web import translated
from config import Settings
from tests.cast import bill, resident
from tests.placing import signed_in
from tests.visitor import Visitor, double

PAGES = (
    "/home",
    "/home/accounts/new",
    "/home/profile",
    "/home/profile/data",
    "/requests/new",
    "/help",
    "/nothing",
)


def pages(visitor: Visitor, language: str) -> Iterator[str]:
    """What the browser is sent, without the tokens of forms, which differ each time."""
    for path in PAGES:
        text = visitor.client.get(path, query_string={"lang": language}).get_data(as_text=True)
        yield re.sub(r'name="(csrf_token|key)" value="[^"]+"', "", text)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_is_known_before_is_written_as_if_it_were_asked(
    app: Flask, settings: Settings, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill()
    resident()
    visitor = Visitor(app)
    signed_in(visitor)
    known = list(pages(visitor, language))

    monkeypatch.setattr(translated.Known, "visit", lambda self, node: node)
    asked = list(pages(double(visitor, create_app(settings)), language))
    assert known == asked
    assert f'<html lang="{language}"' in known[0]


def test_the_languages_do_not_mix(app: Flask) -> None:
    client = app.test_client()
    for language, words in ("ru", "Вход или регистрация"), ("en", "Sign in or sign up"), ("ru", "Далее"):
        page = client.get("/", headers={"Accept-Language": language}).get_data(as_text=True)
        assert words in page, language
